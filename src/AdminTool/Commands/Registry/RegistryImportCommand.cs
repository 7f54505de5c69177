using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Import;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Registry;

/// <summary>pglocks registry miners|pairs|keys import FILE</summary>
internal sealed class RegistryImportCommand : DatabaseVerb
{
    private const int BatchSize = 100;

    private readonly RegistrySubject _subject;
    private readonly Argument<string> _file = new("FILE") { Description = "CSV with a header, or JSON objects, one a line." };

    public RegistryImportCommand(CommonOptions common, RegistrySubject subject)
        : base(common, "import",
            $"Adds and completes {subject.Name} from a file, all or nothing. Fields: miner_hotkey, trade_pair_id, display_name, asset_class, registered_at or "
            + "registered_ms, retired_at or departed_ms.",
            $"pglocks registry {subject.Name} import {(subject == RegistrySubject.Pairs ? "trade-pairs.csv" : $"{subject.Name}.jsonl")}")
    {
        _subject = subject;
        Add(_file);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var (lines, entries) = RegistryFile.Read(call.Get(_file)!, _subject.Parts);
        var written = await ImportProgress.RunAsync(
            call, entries.Count, progress => database.WriteAsync(
                async connection =>
                {
                    var sum = new Written();
                    foreach (var batch in entries.Chunk(BatchSize))
                    {
                        sum += await _subject.WriteAsync(connection, space, batch, cancellationToken);
                        progress(batch.Length);
                    }
                    return sum;
                },
                cancellationToken));
        return call.Answer(new Report
        {
            Facts =
            [
                new("lines", "lines", CellKind.Number, lines),
                new("added", "added", CellKind.Number, written.Added),
                new("changed", "changed", CellKind.Number, written.Changed),
                new("unchanged", "unchanged", CellKind.Number, lines - written.Added - written.Changed),
            ],
        });
    }
}
