using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Telemetry;

/// <summary>pglocks telemetry status</summary>
internal sealed class TelemetryStatusCommand(CommonOptions common) : DatabaseVerb(
    common,
    "status",
    "Tells how long telemetry is kept, and how its upkeep is getting on.",
    "pglocks telemetry status")
{
    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var state = await database.ReadAsync(connection => TelemetryQueries.StateAsync(connection, cancellationToken), cancellationToken);
        return call.Answer(new Report { Facts = Facts(state) });
    }

    internal static Fact[] Facts(TelemetryState state) =>
    [
        new("rollup_after_days", "rolled up to the hour after (days)", CellKind.Number, state.RollupAfterDays),
        new("drop_after_days", "dropped after (days)", CellKind.Number, state.DropAfterDays),
        new("maintained_at", "maintained", CellKind.Time, state.MaintainedAt),
        new("totals_lack_from", "totals lack from", CellKind.Time, state.LackFrom),
        new("missing_days", "days missing ahead", CellKind.Number, state.MissingDays),
        new("default_rows", "rows without a day", CellKind.Number, state.DefaultRows),
        new("overdue_rollups", "days to roll up", CellKind.Number, state.OverdueRollups),
        new("overdue_drops", "partitions to drop", CellKind.Number, state.OverdueDrops),
        new("bytes", "bytes", CellKind.Number, state.Bytes),
    ];
}
