using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>pglocks locks waiting</summary>
internal sealed class LocksWaitingCommand(CommonOptions common) : DatabaseVerb(
    common,
    "waiting",
    "Lists the sessions that stand in the queue of a slot, longest first, and whom they wait for. Callers that wait inside the holder's own "
    + "process stand in no queue of the server: 'stats keys --sort contended-key' counts them.",
    "pglocks locks waiting")
{
    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var waiters = await database.ReadAsync(connection => WaiterQueries.AllAsync(connection, space, cancellationToken), cancellationToken);
        return call.Answer(new Report
        {
            Facts = [new("space", "space", CellKind.Text, space.Name, Audience.Programs)],
            Listings = [Listing.Of("waiters", waiters, WaiterColumns.All, $"Nobody waits for a slot of space '{space.Name}'.")],
        });
    }
}
