namespace PgLocks;

/// <summary>The lock of one position in this process. Thread-safe, cheap to keep, never to be disposed.</summary>
public sealed class PositionLock
{
    private readonly IKeyLocks _locks;
    private KeyLock _lock;

    internal PositionLock(IKeyLocks locks, KeyLock keyLock)
    {
        _locks = locks;
        _lock = keyLock;
    }

    /// <summary>The position.</summary>
    public PositionKey Key => _lock.Key;

    /// <summary>The slot of the pool that the key maps to.</summary>
    public int Slot => _lock.Slot;

    /// <inheritdoc cref="ILockProvider.AcquireAsync"/>
    public ValueTask<LockLease> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Live().AcquireAsync(timeout, cancellationToken);

    /// <inheritdoc cref="ILockProvider.TryAcquireAsync"/>
    public ValueTask<LockLease?> TryAcquireAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        Live().TryAcquireAsync(timeout, cancellationToken);

    /// <summary>An idle key is evicted from its table; whoever still keeps its lock is led to the key's new entry.</summary>
    private KeyLock Live() => _lock.IsEvicted ? _lock = _locks.Find(_lock.Key) : _lock;
}
