namespace PgLocks.Backends.Rollout;

/// <summary>One of the two backends, with its figures.</summary>
internal sealed class RolloutSide(ILockProvider provider, RolloutMode side, TimeProvider time)
{
    private readonly SideFigures _alone = new(side, side, time);
    private readonly SideFigures _inBoth = new(RolloutMode.Both, side, time);

    internal IEnumerable<SideFigures> Figures => [_alone, _inBoth];

    internal PositionLock GetLock(PositionKey key) => provider.GetLock(key.MinerHotkey, key.TradePairId);

    /// <summary>Whether a key in this mode is locked here.</summary>
    internal bool Locks(RolloutMode mode) => mode == side || mode == RolloutMode.Both;

    internal SideFigures FiguresOf(RolloutMode mode) => mode == RolloutMode.Both ? _inBoth : _alone;

    /// <returns><see langword="null"/> where a try has failed.</returns>
    /// <exception cref="LockTimeoutException">No try, and not granted in time.</exception>
    internal async ValueTask<SideLease?> AcquireAsync(PositionLock position, RolloutMode mode, TimeSpan timeout, bool isTry, CancellationToken cancellationToken)
    {
        SideFigures figures = FiguresOf(mode);
        long since = time.GetTimestamp();
        try
        {
            LockLease? lease = isTry
                ? await position.TryAcquireAsync(timeout, cancellationToken).ConfigureAwait(false)
                : await position.AcquireAsync(timeout, cancellationToken).ConfigureAwait(false);
            if (lease is { } granted)
            {
                figures.Waited(since);
                return new SideLease(granted, figures);
            }
        }
        catch (LockTimeoutException)
        {
            figures.CountTimeout();
            throw;
        }
        figures.CountTimeout();
        return null;
    }

    internal ValueTask<MultiLockLease> AcquireAllAsync(PositionKey[] keys, TimeSpan timeout, CancellationToken cancellationToken) =>
        provider.AcquireAllAsync(keys, timeout, cancellationToken);
}
