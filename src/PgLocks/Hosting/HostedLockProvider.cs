namespace PgLocks.Hosting;

/// <summary>The host's lock provider: services may be given it before the host has started it, and use it from then on.</summary>
internal sealed class HostedLockProvider : ILockProvider
{
    private volatile PgLockProvider? _provider;

    /// <exception cref="InvalidOperationException">The host has not started it yet.</exception>
    internal PgLockProvider Started => _provider
        ?? throw new InvalidOperationException("PgLocks is started with the host: use it after the host has started, or inject ILockProvider, which may be used from then on.");

    /// <summary>The provider, once there is one.</summary>
    internal PgLockProvider? Provider
    {
        get => _provider;
        set => _provider = value;
    }

    public PositionLock GetLock(string minerHotkey, string tradePairId) => Started.GetLock(minerHotkey, tradePairId);

    public ValueTask<LockLease> AcquireAsync(PositionKey key, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Started.AcquireAsync(key, timeout, cancellationToken);

    public ValueTask<LockLease?> TryAcquireAsync(PositionKey key, TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        Started.TryAcquireAsync(key, timeout, cancellationToken);

    public ValueTask<MultiLockLease> AcquireAllAsync(IReadOnlyCollection<PositionKey> keys, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Started.AcquireAllAsync(keys, timeout, cancellationToken);
}
