namespace PgLocks.FaultTests.Traffic;

/// <summary>Waits that have nothing to do with locks, one after the other: what of the lateness of the others is the machine's.</summary>
internal sealed class Control(Journal journal)
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

    internal async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            var called = TimeProvider.System.GetTimestamp();
            await Pulse.WaitAsync(Wait);
            journal.Write(Happening.Controlled, section: (long)Wait.TotalMilliseconds, number: called);
        }
    }
}
