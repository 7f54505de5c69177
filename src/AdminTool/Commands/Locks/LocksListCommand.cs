using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>pglocks locks list</summary>
internal sealed class LocksListCommand(CommonOptions common) : DatabaseVerb(
    common,
    "list",
    "Lists every slot that a session holds now. State 'held': a caller has the key longer than its process's threshold; 'kept': a process has "
    + "the slot for callers that come and go; 'foreign': a session that is no process of PgLocks, as psql.",
    "pglocks locks list",
    "pglocks locks list --output json")
{
    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var holders = await database.ReadAsync(connection => HolderQueries.AllAsync(connection, space, cancellationToken), cancellationToken);
        return call.Answer(new Report
        {
            Facts = [new("space", "space", CellKind.Text, space.Name, Audience.Programs)],
            Listings = [Listing.Of("locks", holders, HolderColumns.All, $"No slot of space '{space.Name}' is held.")],
        });
    }
}
