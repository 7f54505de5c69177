namespace PgLocks.FaultTests.Traffic;

/// <summary>Notices when the thread pool stalls: what it could not do for this timer, it could not do for any wait's.</summary>
internal sealed class Pulse : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private static readonly long Stall = Times.Ticks(TimeSpan.FromMilliseconds(5));

    private readonly Journal _journal;
    private readonly Task _running;
    private volatile bool _isStopped;

    internal Pulse(Journal journal)
    {
        _journal = journal;
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _isStopped = true;
        await _running;
    }

    /// <summary>Ends as a wait for a lock that times out does: after two turns of the pool, its timer's and its caller's.</summary>
    internal static async Task WaitAsync(TimeSpan time)
    {
        await Task.Delay(time, TimeProvider.System);
        await Task.Yield();
    }

    private async Task RunAsync()
    {
        // From one beat to the next: a pause between two of them is a stall as well.
        var last = TimeProvider.System.GetTimestamp();
        while (!_isStopped)
        {
            var due = last + Times.Ticks(Interval);
            await WaitAsync(Interval);
            last = TimeProvider.System.GetTimestamp();
            if (last - due > Stall)
                _journal.Write(Happening.Stalled, number: due);
        }
    }
}
