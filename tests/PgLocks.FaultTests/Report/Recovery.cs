using PgLocks.FaultTests.Check;
using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Report;

/// <summary>How long it took until a fault was noticed, worked around, and over.</summary>
/// <param name="Fault">The kind.</param>
/// <param name="Count">How often it was injected.</param>
/// <param name="DetectedMs">Until the process that it hit gave up its leases; empty if it had no need to.</param>
/// <param name="NextHolderMs">Until another process was granted a key of the slots that the one that was hit had owned, worst slot each time.</param>
/// <param name="SessionGoneMs">Until the server ended a frozen process' home session.</param>
/// <param name="RecoveredMs">From the end of the fault until every process had incremented again.</param>
internal sealed record Recovery(string Fault, int Count, double[] DetectedMs, double[] NextHolderMs, double[] SessionGoneMs, double[] RecoveredMs)
{
    internal static IReadOnlyList<Recovery> Of(History history) => [.. history.Injections.GroupBy(injection => injection.Fault).Select(kind => new Recovery(
        kind.Key,
        kind.Count(),
        Known(kind.Select(injection => Detected(history, injection))),
        Known(kind.Select(injection => NextHolder(history, injection))),
        Known(kind.Select(injection => Elapsed(injection, injection.SessionGoneAt))),
        Known(kind.Select(injection => injection.RecoveredAt is { } at ? Math.Max(0, Times.Milliseconds(injection.EndedAt, at)) : (double?)null))))];

    private static double[] Known(IEnumerable<double?> times) => [.. times.OfType<double>().Order()];

    private static double? Elapsed(Injection injection, long? at) => at is { } known ? Times.Milliseconds(injection.StartedAt, known) : null;

    private static double? Detected(History history, Injection injection) => Elapsed(injection, history.Of(Happening.Left)
        .FirstOrDefault(entry => TrafficKeys.IsSentinel(entry.Key) && entry.Text == Happening.Lost && entry.At >= injection.StartedAt && entry.At <= Last(history, injection)
            && (injection.Worker is null || entry.Worker == injection.Worker))?.At);

    /// <summary>Of slots for which somebody waited within the lock delay: their next grants show when they were to be had again.</summary>
    private static double? NextHolder(History history, Injection injection)
    {
        if (injection.Worker is not { } worker)
            return null;
        var slots = history.Of(Happening.Granted).Where(entry => entry.Key < TrafficKeys.Shared).GroupBy(entry => TrafficKeys.SlotOf(entry.Key));
        return slots
            .Where(slot => slot.LastOrDefault(entry => entry.At < injection.StartedAt)?.Worker == worker)
            .Select(slot => slot.FirstOrDefault(entry => entry.Worker != worker && entry.At > injection.StartedAt))
            .Where(next => next is not null && Times.Milliseconds(injection.StartedAt, next.Number) < Times.LockDelay.TotalMilliseconds && next.At <= Last(history, injection))
            .Max(next => (double?)Times.Milliseconds(injection.StartedAt, next!.At));
    }

    private static long Last(History history, Injection injection) => history.Injections.FirstOrDefault(next => next.StartedAt > injection.StartedAt)?.StartedAt ?? long.MaxValue;
}
