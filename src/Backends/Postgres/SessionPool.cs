using System.Collections.Concurrent;

namespace PgLocks.Backends.Postgres;

/// <summary>The provider's own sessions: never shared with the application's work, and none is lent that is not known to hold nothing.</summary>
internal sealed class SessionPool(int most, Func<CancellationToken, Task<ServerSession>> open) : IAsyncDisposable
{
    private readonly ConcurrentBag<ServerSession> _idle = [];
    private readonly SemaphoreSlim _left = new(most, most);
    private volatile bool _closed;

    internal async ValueTask<ServerSession> RentAsync(CancellationToken cancellationToken)
    {
        await _left.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_idle.TryTake(out ServerSession? idle))
            {
                if (idle.IsOpen)
                    return idle;
                await idle.DisposeAsync().ConfigureAwait(false);
            }
            return await open(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _left.Release();
            throw;
        }
    }

    /// <summary>Takes a session back that holds nothing.</summary>
    internal async ValueTask ReturnAsync(ServerSession session)
    {
        session.Broken = null;
        _idle.Add(session);
        _left.Release();
        if (_closed)
            await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends a session; what it held is the server's to release.</summary>
    internal async ValueTask EndAsync(ServerSession session)
    {
        session.Broken = null;
        await session.DisposeAsync().ConfigureAwait(false);
        _left.Release();
    }

    /// <summary>After a wait that was cancelled or failed.</summary>
    internal async ValueTask ReturnUncertainAsync(ServerSession session)
    {
        try
        {
            await session.ReleaseAllAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            await EndAsync(session).ConfigureAwait(false);
            return;
        }
        await ReturnAsync(session).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        while (_idle.TryTake(out ServerSession? idle))
            await idle.DisposeAsync().ConfigureAwait(false);
    }
}
