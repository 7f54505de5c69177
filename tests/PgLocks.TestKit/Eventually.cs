namespace PgLocks.TestKit;

/// <summary>Waits for an observed state, never for a delay.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns as soon as the condition holds; fails with <paramref name="because"/> after the timeout (30 s by default).</summary>
    public static Task ThatAsync(Func<bool> condition, TimeSpan? timeout = null, string because = "") =>
        ThatAsync(() => Task.FromResult(condition()), timeout, because);

    /// <inheritdoc cref="ThatAsync(Func{bool}, TimeSpan?, string)"/>
    public static async Task ThatAsync(Func<Task<bool>> condition, TimeSpan? timeout = null, string because = "")
    {
        var limit = timeout ?? DefaultTimeout;
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
                throw new TimeoutException($"Not so within {limit.TotalSeconds:0.#} s: {because}");
            await Task.Delay(PollInterval, TimeProvider.System);
        }
    }

    /// <summary>Polls until the value is the wanted one; the message quotes the last value seen.</summary>
    public static async Task EqualAsync<T>(T expected, Func<Task<T>> actual, TimeSpan? timeout = null, string because = "")
    {
        var last = default(T);
        try
        {
            await ThatAsync(async () => EqualityComparer<T>.Default.Equals(last = await actual(), expected), timeout, because);
        }
        catch (TimeoutException expired)
        {
            throw new TimeoutException($"{expired.Message} (expected {expected}, last seen {last})", expired);
        }
    }
}
