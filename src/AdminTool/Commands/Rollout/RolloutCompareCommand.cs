using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Rollout;

/// <summary>pglocks rollout compare</summary>
internal sealed class RolloutCompareCommand(CommonOptions common) : DatabaseVerb(
    common,
    "compare",
    "Compares waits and holds of the old and the new backend, since the start of each process. In mode both they are of the same keys and calls; there the new "
    + "one is asked while the old lock is held, so its wait is what it costs itself, and no queue.",
    "pglocks rollout compare",
    "pglocks rollout compare --output csv")
{
    private static readonly Column<SideStats>[] Columns =
    [
        new("mode", "mode", CellKind.Text, side => side.Mode),
        new("side", "side", CellKind.Text, side => side.Side),
        new("processes", "processes", CellKind.Number, side => side.Processes),
        new("acquired", "acquired", CellKind.Number, side => side.Acquired),
        new("timed_out", "timed out", CellKind.Number, side => side.TimedOut),
        new("wait_p50_ns", "wait p50", CellKind.Nanoseconds, side => side.WaitP50Ns),
        new("wait_p95_ns", "wait p95", CellKind.Nanoseconds, side => side.WaitP95Ns),
        new("wait_p99_ns", "wait p99", CellKind.Nanoseconds, side => side.WaitP99Ns),
        new("hold_p50_ns", "hold p50", CellKind.Nanoseconds, side => side.HoldP50Ns),
        new("hold_p95_ns", "hold p95", CellKind.Nanoseconds, side => side.HoldP95Ns),
        new("hold_p99_ns", "hold p99", CellKind.Nanoseconds, side => side.HoldP99Ns),
    ];

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var sides = await database.ReadAsync(connection => RolloutQueries.CompareAsync(connection, space, cancellationToken), cancellationToken);
        return call.Answer(new Report
        {
            Facts = [new("space", "space", CellKind.Text, space.Name, Audience.Programs)],
            Listings = [Listing.Of("sides", sides, Columns, "No figures yet: processes write them every TelemetryInterval of RolloutOptions.")],
        });
    }
}
