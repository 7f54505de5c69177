using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Import;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Registry;

/// <summary>pglocks registry miners|pairs|keys add</summary>
internal sealed class RegistryAddCommand : DatabaseVerb
{
    private readonly RegistrySubject _subject;
    private readonly EntryArguments _arguments;
    private readonly Option<string?> _name = new("--name") { Description = "How it is shown.", HelpName = "TEXT" };
    private readonly Option<string?> _assetClass = new("--asset-class") { Description = "As crypto, forex, equities, indices.", HelpName = "TEXT" };

    public RegistryAddCommand(CommonOptions common, RegistrySubject subject, string example)
        : base(common, "add", $"Adds one of the {subject.Name}; one that was retired is taken back.", $"pglocks registry {subject.Name} add {example}")
    {
        _subject = subject;
        _arguments = new EntryArguments(this, subject.Parts);
        if (subject.Parts != RegistryParts.Pair)
            return;
        Add(_name);
        Add(_assetClass);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var entry = _arguments.Read(call);
        if (_subject.Parts == RegistryParts.Pair)
            entry = entry with { DisplayName = call.Get(_name), AssetClass = call.Get(_assetClass) };
        var written = await database.WriteAsync(
            async connection => await _subject.WriteAsync(connection, space, [entry], cancellationToken)
                + new Written { Changed = await _subject.ReviveAsync(connection, entry, cancellationToken) ?? 0 },
            cancellationToken);
        var done = written switch { { Added: > 0 } => "was added", { Changed: > 0 } => "was changed", _ => "was there already" };
        return call.Answer(new Report
        {
            Facts =
            [
                new("added", "added", CellKind.Number, written.Added, Audience.Programs),
                new("changed", "changed", CellKind.Number, written.Added > 0 ? 0 : Math.Min(1, written.Changed), Audience.Programs),
            ],
            Message = $"'{EntryArguments.Describe(entry)}' {done}.",
        });
    }
}
