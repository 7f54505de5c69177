using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>An owner that is asked yields: while a caller of another process waits in vain for seconds, one and the same tenure does not go on granting all the time.</summary>
internal static class FairnessCheck
{
    internal const string Invariant = "fair";

    /// <summary>Requests reach an owner within a heartbeat even if every notification is lost, and a turn is waited for 200 ms.</summary>
    private static readonly TimeSpan Asked = TimeSpan.FromSeconds(1);

    /// <summary>A wait must last so long to say anything.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(4);

    /// <summary>A quantum is 2 ms, and comes again every 100 ms while a lease holds up the yield: nothing keeps that up for so long.</summary>
    private static readonly TimeSpan MostOfOneTenure = TimeSpan.FromSeconds(2.5);

    private const int MostGrants = 50;

    internal static IEnumerable<Violation> Check(History history)
    {
        var hit = history.Injections.Where(injection => injection.Worker is not null).ToLookup(injection => injection.Worker);
        foreach (var wait in history.Of(Happening.Refused).Where(entry => entry.Text == nameof(LockTimeoutException) && entry.Section >= Long.TotalMilliseconds && entry.Key is >= 0 and < TrafficKeys.Shared))
        {
            var grants = history.GrantsBySlot.GetValueOrDefault(TrafficKeys.SlotOf(wait.Key), []);
            var (first, last) = (History.FirstAt(grants, wait.Number + Times.Ticks(Asked)), History.FirstAt(grants, wait.At));
            if (hit[wait.Worker].Any(injection => injection.PreparedAt <= wait.At && (injection.RecoveredAt ?? injection.EndedAt) >= wait.Number))
                continue;
            foreach (var tenure in grants[first..Math.Max(first, last)].Where(grant => grant.Worker != wait.Worker).GroupBy(TenureOf).Where(IsTooLong))
                yield return new Violation(Invariant, $"Worker {tenure.Key.Worker} granted {tenure.Count()} leases of one tenure of slot {TrafficKeys.SlotOf(wait.Key)} while a caller of worker {wait.Worker} waited {wait.Section} ms for key {wait.Key} in vain.", wait.Key, wait.At);
        }
    }

    private static bool IsTooLong(IEnumerable<Entry> tenure) =>
        tenure.Count() > MostGrants && Times.Milliseconds(tenure.First().At, tenure.Last().At) > MostOfOneTenure.TotalMilliseconds;

    /// <summary>A lease's token is its tenure's number with a counter of 20 bits behind it, which may run over.</summary>
    private static (int Worker, long Epoch) TenureOf(Entry grant) => (grant.Worker, grant.Token >> 20);
}
