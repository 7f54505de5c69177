using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>I5: what an instance recorded and what it dropped is what it granted; one that was killed recorded no more than that.</summary>
internal static class TelemetryCheck
{
    /// <summary>A killed process can have been granted leases that it did not come to journal: one a caller.</summary>
    private const int MostCallers = 20;

    internal static IEnumerable<Violation> Check(History history, Ledgers ledgers)
    {
        var granted = history.Of(Happening.Granted).ToLookup(entry => entry.Worker);
        foreach (var started in history.Of(Happening.Started))
        {
            var row = ledgers.Instances.SingleOrDefault(instance => instance.Id == Guid.Parse(started.Text));
            var (recorded, grants) = ((row?.Recorded + row?.Dropped) ?? 0, granted[started.Worker].Count());
            var isClosed = history.Of(Happening.Closed).Any(entry => entry.Worker == started.Worker);
            if (row is null || (isClosed ? recorded != grants : recorded > grants + MostCallers))
                yield return new Violation("I5", $"Worker {started.Worker} granted {grants} leases; the database has {row?.Recorded} recorded and {row?.Dropped} dropped.");
            else if (row.IsClosed != isClosed)
                yield return new Violation("I5", $"Worker {started.Worker} {(isClosed ? "was closed" : "was killed")}, but the database says otherwise.");
        }
    }
}
