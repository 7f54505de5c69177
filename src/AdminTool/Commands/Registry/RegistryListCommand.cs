using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Registry;

/// <summary>pglocks registry miners|pairs|keys list</summary>
internal sealed class RegistryListCommand : DatabaseVerb
{
    private readonly RegistrySubject _subject;

    private readonly Option<bool> _all = new("--all") { Description = "Retired ones too." };

    public RegistryListCommand(CommonOptions common, RegistrySubject subject)
        : base(common, "list", $"Lists {subject.Name} that are not retired.", $"pglocks registry {subject.Name} list --all --output csv")
    {
        _subject = subject;
        Add(_all);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(connection => _subject.ListAsync(connection, space, call.Get(_all), cancellationToken), cancellationToken);
        return call.Answer(new Report
        {
            Facts = [new("space", "space", CellKind.Text, space.Name, Audience.Programs)],
            Listings = [Listing.Of(_subject.Name, rows, _subject.Columns, $"No {_subject.Name} are registered (--all shows retired ones). Processes register what they use; 'add' and 'import FILE' do too.")],
            Message = rows.Count == 0 ? null : $"{rows.Count} {_subject.Name}.",
        });
    }
}
