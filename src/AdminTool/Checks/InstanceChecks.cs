using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Checks;

/// <summary>How the processes are.</summary>
internal static class InstanceChecks
{
    private const int Named = 3;

    public static async Task<Finding> UncleanAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var unclean = await InstanceQueries.UncleanAsync(context.Connection, cancellationToken);
        if (unclean.Count == 0)
            return Finding.Ok("Every process of the last 7 days is live or was stopped cleanly.");
        var names = string.Join(", ", unclean.Take(Named).Select(Describe)) + (unclean.Count > Named ? ", …" : "");
        return Finding.Warn(
            $"{unclean.Count} {(unclean.Count == 1 ? "process" : "processes")} of the last 7 days stopped uncleanly: {names}.",
            "See their logs: each such stop costs the next owners of its slots the lock delay. Stop processes with SIGTERM, and give them time.");
    }

    public static async Task<Finding> TelemetryAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var instances = await InstanceQueries.LiveAsync(context.Connection, cancellationToken);
        var dropping = instances.Where(instance => instance.Dropped > 0 || instance.DroppedEvents > 0).ToList();
        var behind = instances.Where(instance => instance.SilentMs > 30_000).ToList();
        if (dropping.Count > 0)
        {
            return Finding.Warn(
                $"Telemetry was dropped, so figures are too low: {string.Join(", ", dropping.Take(Named).Select(instance => $"{Describe(instance)} dropped {instance.Dropped:N0} of {instance.Recorded + instance.Dropped:N0} acquisitions and {instance.DroppedEvents:N0} events"))}.",
                "Raise TelemetryInterval, or look why the database is slow to write.");
        }
        return behind.Count > 0
            ? Finding.Warn(
                $"Live, but has written no telemetry for long: {string.Join(", ", behind.Take(Named).Select(instance => $"{Describe(instance)} for {Cells.Show(instance.SilentMs, CellKind.Milliseconds)}"))}.",
                "See its log for failed flushes.")
            : Finding.Ok($"{instances.Count} live {(instances.Count == 1 ? "process writes" : "processes write")} telemetry and dropped nothing.");
    }

    private static string Describe(InstanceState instance) => Names.Process(instance.Application, instance.Host, instance.Pid);
}
