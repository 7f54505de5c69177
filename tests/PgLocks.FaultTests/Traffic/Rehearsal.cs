namespace PgLocks.FaultTests.Traffic;

/// <summary>
/// Acquires that fail, before the traffic and into a journal that nobody reads. The first error of a process compiles the way that an error takes through its
/// caller, which is this program's and not the library's: 20 to 140 ms in a process that had just started.
/// </summary>
internal static class Rehearsal
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(20);

    /// <summary>How many leases were granted after all: the instance counts them.</summary>
    internal static async Task<int> RunAsync(WorkerOptions options, PgLockProvider provider, Witness witness)
    {
        using var journal = new Journal(Path.Combine(options.Folder, $"rehearsal-{options.Worker}"));
        using var guard = new Guard(journal);
        var sections = new Sections(options.Worker, provider, journal, witness, guard);
        var key = TrafficKeys.Sentinel(options.Seat);
        var granted = await Task.WhenAll(
            sections.RunAsync(key, Timeout, static _ => Task.Delay(Hold, TimeProvider.System), CancellationToken.None),
            sections.RunAsync(key, Timeout, static _ => Task.Delay(Hold, TimeProvider.System), CancellationToken.None),
            sections.RunAllAsync([key], Timeout, static _ => Task.Delay(Hold, TimeProvider.System), CancellationToken.None),
            sections.RunAllAsync([key], Timeout, static _ => Task.Delay(Hold, TimeProvider.System), CancellationToken.None));
        return granted.Count(isGranted => isGranted);
    }
}
