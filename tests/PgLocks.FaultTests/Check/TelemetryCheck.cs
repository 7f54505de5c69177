using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>I5: what an instance recorded and what it dropped is what it granted; one that was killed recorded no more than that.</summary>
/// <remarks>An acquire of several keys that fails had been granted those before the one that failed: the instance counts them, its caller never sees them.</remarks>
internal static class TelemetryCheck
{
    /// <summary>A killed process can have been granted leases that it did not come to journal: some a caller.</summary>
    private const int MostUnseen = 50;

    internal static IEnumerable<Violation> Check(History history, Ledgers ledgers)
    {
        var granted = history.Of(Happening.Granted).CountBy(entry => entry.Worker).ToDictionary();
        var undone = history.Of(Happening.Undone).ToLookup(entry => entry.Worker);
        var closed = history.Of(Happening.Closed).Select(entry => entry.Worker).ToHashSet();
        var rows = ledgers.Instances.ToDictionary(instance => instance.Id);
        foreach (var started in history.Of(Happening.Started))
        {
            var (worker, row) = (started.Worker, rows.GetValueOrDefault(Guid.Parse(started.Text)));
            var recorded = (row?.Recorded + row?.Dropped) ?? 0;
            var least = granted.GetValueOrDefault(worker) + undone[worker].Sum(entry => entry.Number);
            var most = granted.GetValueOrDefault(worker) + undone[worker].Sum(entry => entry.Section);
            if (row is null || recorded > most + (closed.Contains(worker) ? 0 : MostUnseen) || (closed.Contains(worker) && recorded < least))
                yield return new Violation("I5", $"Worker {worker} granted {least}{(most > least ? $" to {most}" : "")} leases; the database has {row?.Recorded} recorded and {row?.Dropped} dropped.");
            else if (row.IsClosed != closed.Contains(worker))
                yield return new Violation("I5", $"Worker {worker} {(closed.Contains(worker) ? "was closed" : "was killed")}, but the database says otherwise.");
        }
    }
}
