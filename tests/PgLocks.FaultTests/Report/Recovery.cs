using PgLocks.FaultTests.Check;
using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Report;

/// <summary>How long it took until a fault was noticed, worked around, and over.</summary>
/// <param name="Fault">The kind.</param>
/// <param name="Count">How often it was measured.</param>
/// <param name="DetectedMs">Until the process that it hit gave up its leases; empty if it had no need to.</param>
/// <param name="NextHolderMs">
/// Until another process was granted a key of the slots that the one that was hit had owned, worst slot each time. Counted from when its caller asked, if
/// that was later than the fault: nobody knows of a death before somebody asks for the slot.
/// </param>
/// <param name="SessionGoneMs">Until the server ended the home session of a process that was frozen or cut off.</param>
/// <param name="RecoveredMs">From the end of the fault until every process had incremented again.</param>
internal sealed record Recovery(string Fault, int Count, double[] DetectedMs, double[] NextHolderMs, double[] SessionGoneMs, double[] RecoveredMs)
{
    internal static IReadOnlyList<Recovery> Of(History history, IReadOnlyList<Injection> measured) => [.. measured.GroupBy(injection => injection.Fault).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => new Recovery(
        kind.Key,
        kind.Count(),
        Known(kind.Select(injection => Detected(history, injection))),
        Known(kind.Select(injection => NextHolder(history, injection))),
        Known(kind.Select(injection => Elapsed(injection, injection.SessionGoneAt))),
        Known(kind.Select(injection => injection.RecoveredAt is { } at ? Math.Max(0, Times.Milliseconds(injection.EndedAt, at)) : (double?)null))))];

    private static double[] Known(IEnumerable<double?> times) => [.. times.OfType<double>().Order()];

    private static double? Elapsed(Injection injection, long? at) => at is { } known ? Times.Milliseconds(injection.StartedAt, known) : null;

    private static double? Detected(History history, Injection injection)
    {
        var (losses, last) = (history.SentinelLosses, Last(history, injection));
        for (var i = History.FirstAt(losses, injection.StartedAt); i < losses.Length && losses[i].At <= last; i++)
        {
            if (injection.Worker is null || losses[i].Worker == injection.Worker)
                return Times.Milliseconds(injection.StartedAt, losses[i].At);
        }
        return null;
    }

    /// <summary>Of slots that a caller asked for alone within the lock delay: their next grants show when they were to be had again.</summary>
    private static double? NextHolder(History history, Injection injection)
    {
        if (injection.Worker is not { } worker)
            return null;
        var last = Last(history, injection);
        double? worst = null;
        foreach (var grants in history.GrantsBySlot.Values)
        {
            var next = History.FirstAt(grants, injection.StartedAt);
            if (next == 0 || grants[next - 1].Worker != worker)
                continue;
            while (next < grants.Length && grants[next].Worker == worker)
                next++;
            if (next >= grants.Length || grants[next].At > last || grants[next].Text == Happening.Together)
                continue;
            var asked = Math.Max(injection.StartedAt, grants[next].Number);
            if (Times.Milliseconds(injection.StartedAt, asked) < Times.LockDelay.TotalMilliseconds)
                worst = Math.Max(worst ?? 0, Times.Milliseconds(asked, grants[next].At));
        }
        return worst;
    }

    /// <summary>What happens after the next fault has begun that hits the same seat, or everybody, is not this one's.</summary>
    private static long Last(History history, Injection injection) => history.Injections
        .Where(next => next.PreparedAt > injection.StartedAt && (next.Seat is null || injection.Seat is null || next.Seat == injection.Seat))
        .Select(next => next.PreparedAt).DefaultIfEmpty(long.MaxValue).Min();
}
