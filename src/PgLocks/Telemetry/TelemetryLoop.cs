namespace PgLocks.Telemetry;

/// <summary>Flushes once an interval until it is stopped, then once more; beside that, keeps the tables in shape.</summary>
internal sealed class TelemetryLoop(TelemetryWriter writer, TelemetryUpkeep upkeep, TimeSpan interval, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan LastFlush = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    internal void Start() => _running = interval == Timeout.InfiniteTimeSpan ? Task.CompletedTask : Task.WhenAll(Task.Run(RunAsync), Task.Run(() => upkeep.RunAsync(_stop.Token)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (!await TryAsync(writer.FlushAsync).ConfigureAwait(false))
        {
            await TryAsync(async limit =>
            {
                await writer.GiveUpAsync(limit).ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
        }
        _stop.Dispose();
    }

    /// <summary>A server that takes no rows must not keep the process from ending.</summary>
    private async Task<bool> TryAsync(Func<CancellationToken, Task<bool>> write)
    {
        using var limit = new CancellationTokenSource(LastFlush, time);
        try
        {
            return await write(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
                await writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
