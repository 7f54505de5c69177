namespace PgLocks.FaultTests;

/// <summary>Says something again and again until it is disposed.</summary>
internal sealed class Progress : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task _saying;

    private Progress(TimeSpan interval, Action say) => _saying = SayAsync(interval, say);

    internal static Progress Every(TimeSpan interval, Action say) => new(interval, say);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _saying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task SayAsync(TimeSpan interval, Action say)
    {
        using var timer = new PeriodicTimer(interval, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(_over.Token))
            say();
    }
}
