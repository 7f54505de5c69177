using System.Collections.Concurrent;

namespace PgLocks.Backends.Holds;

/// <summary>The holds of one provider, from the grant until the backend has released them.</summary>
internal sealed class HoldTable(IHoldSource source, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Hold, LockName> _held = new();
    private readonly ConcurrentDictionary<LockName, Task> _releases = new();
    private readonly CancellationTokenSource _closed = new();

    internal IHoldSource Source => source;

    internal TimeProvider Time => time;

    internal async ValueTask<HoldTenure?> AcquireAsync(LockName name, bool once, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        try
        {
            // What this process has released must not look as if another held it.
            if (_releases.TryGetValue(name, out Task? release))
                await release.WaitAsync(either.Token).ConfigureAwait(false);
            Hold? hold = await source.AcquireAsync(name, once, either.Token).ConfigureAwait(false);
            return hold is null ? null : Enter(hold, name);
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            throw Closed();
        }
    }

    /// <summary>Completes when every release so far was carried out.</summary>
    internal Task ReleasedAsync() => Task.WhenAll(_releases.Values);

    /// <summary>Ends every wait, loses what is still held, and closes the backend.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        foreach (Hold hold in _held.Keys)
        {
            hold.Lose();
            Release(hold);
        }
        await ReleasedAsync().ConfigureAwait(false);
        await source.DisposeAsync().ConfigureAwait(false);
    }

    private HoldTenure Enter(Hold hold, LockName name)
    {
        _held[hold] = name;
        // Closing looks at the table after it has said so: one of both sees the other.
        if (!_closed.IsCancellationRequested)
            return new HoldTenure(hold, Release);
        Release(hold);
        throw Closed();
    }

    private void Release(Hold hold)
    {
        if (!_held.TryRemove(hold, out LockName name))
            return;
        Task release = CarryOutAsync(hold);
        if (release.IsCompleted)
            return;
        _releases[name] = release;
        release.ContinueWith(ended => _releases.TryRemove(KeyValuePair.Create(name, ended)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static async Task CarryOutAsync(Hold hold)
    {
        try
        {
            await hold.ReleaseAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // A backend that cannot be told ends the hold by its own means: the end of a session, or of an expiry.
            MeterSink.ReleaseFailed(failure);
        }
    }

    private static ObjectDisposedException Closed() => new(nameof(BackendLockProvider), "The lock provider is closed: no key is granted any more.");
}
