using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Checks;

/// <summary>Whether the tables of figures and events are in shape.</summary>
internal static class TelemetryChecks
{
    private const long Hour = 3_600_000;
    private const int Named = 3;

    private const string Remedy = "Each process sees to it once a minute: their logs tell why not (message 11). By hand: 'pglocks telemetry maintain'.";

    public static async Task<Finding> PartitionsAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var state = await TelemetryQueries.StateAsync(context.Connection, cancellationToken);
        return state switch
        {
            { MissingDays: > 0 } => Finding.Warn($"{state.MissingDays} partitions of the days to come are missing; their rows would go to the default partition.", Remedy),
            { DefaultRows: > 0 } => Finding.Warn(
                $"{state.DefaultRows:N0} rows are in the default partitions: of days that were not made, or of a process whose clock is wrong.",
                "'pglocks telemetry maintain' moves rows of known days. What stays is older than what is kept, or more than a week ahead: look at its interval_start."),
            _ => Finding.Ok("Partitions are made for a week ahead, and every row is in its day."),
        };
    }

    public static async Task<Finding> RetentionAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var state = await TelemetryQueries.StateAsync(context.Connection, cancellationToken);
        var overdue = state.OverdueDrops + state.OverdueRollups > 0 || state.LackMs > Hour;
        if (!overdue || (state.MaintainedAt is not null && state.MaintainedAgoMs <= Hour))
            return Finding.Ok($"Figures are rolled up to the hour after {state.RollupAfterDays} days and dropped after {state.DropAfterDays}.");
        var since = state.MaintainedAt is null ? "The upkeep of telemetry has never run through" : $"The upkeep of telemetry ran through {Cells.Show(state.MaintainedAgoMs, CellKind.Milliseconds)} ago";
        return Finding.Warn($"{since}: {state.OverdueRollups} days are to be rolled up, {state.OverdueDrops} partitions to be dropped, and totals lack {Cells.Show(state.LackMs, CellKind.Milliseconds)}.", Remedy);
    }

    public static async Task<Finding> ProcessClocksAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var skewed = (await InstanceQueries.LiveAsync(context.Connection, cancellationToken)).Where(instance => Math.Abs(instance.ClockSkewMs) > 1000).ToList();
        return skewed.Count == 0
            ? Finding.Ok("The clocks of the live processes agree with the server's to 1 s.")
            : Finding.Warn(
                $"Clocks that are not the server's: {string.Join(", ", skewed.Take(Named).Select(instance => $"{Names.Process(instance.Application, instance.Host, instance.Pid)} by {Cells.Show(instance.ClockSkewMs, CellKind.Milliseconds)}"))}. Their figures are in the wrong interval.",
                "Run NTP on those hosts. Locks do not depend on it.");
    }
}
