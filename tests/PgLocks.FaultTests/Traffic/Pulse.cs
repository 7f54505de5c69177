namespace PgLocks.FaultTests.Traffic;

/// <summary>Notices when the thread pool stalls: what it could not do for this timer, it could not do for any wait's.</summary>
internal sealed class Pulse(Journal journal) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private static readonly long Stall = Times.Ticks(TimeSpan.FromMilliseconds(5));

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    internal void Start() => _running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var due = TimeProvider.System.GetTimestamp() + Times.Ticks(Interval);
            await Task.Delay(Interval, TimeProvider.System);
            // A wait takes two turns of the pool to end: its timer's, and its caller's.
            await Task.Yield();
            if (TimeProvider.System.GetTimestamp() - due > Stall)
                journal.Write(Happening.Stalled, number: due);
        }
    }
}
