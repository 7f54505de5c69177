using Npgsql;

namespace PgLocks.Backends.Rollout;

/// <summary>One lease of a rollout: one or two leases of its sides, the state that it began under and the session that proves that state.</summary>
internal sealed class RolloutTenure(RolloutEntry entry, SideLease? oldLease, SideLease? newLease) : Tenure(epoch: 0)
{
    private readonly Lock _sync = new();
    private CancellationTokenSource? _lost;
    private bool _isOver;

    /// <summary>The old side's as long as that is locked, so that a rollout that is aborted there has never counted otherwise.</summary>
    internal long Token { get; } = (oldLease ?? newLease!).Lease.FencingToken;

    internal override bool IsLost => entry.Session.IsLost || LostToken.IsCancellationRequested;

    internal override CancellationToken LostToken
    {
        get
        {
            lock (_sync)
            {
                if (_lost is null && !_isOver)
                {
                    _lost = CancellationTokenSource.CreateLinkedTokenSource(
                        [entry.Session.LostToken, .. new[] { oldLease, newLease }.OfType<SideLease>().Select(side => side.Lease.LostToken)]);
                }
                return _lost?.Token ?? CancellationToken.None;
            }
        }
    }

    /// <summary>Releases, the new side first.</summary>
    internal override void Exit()
    {
        lock (_sync)
        {
            if (_isOver)
                return;
            _isOver = true;
            _lost?.Dispose();
        }
        newLease?.Release();
        oldLease?.Release();
        entry.Use.Exit();
    }

    /// <summary>By the new side where it is locked: that one can tie a transaction to its slot.</summary>
    internal ValueTask FenceAsync(PositionKey key, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _isOver))
            return ValueTask.FromException(new LeaseLostException(key, "it was released"));
        return entry.Session.IsLost
            ? ValueTask.FromException(new LeaseLostException(key, entry.Session.LostReason ?? "the state of the rollout is not confirmed"))
            : (newLease ?? oldLease!).Lease.FenceAsync(transaction, cancellationToken);
    }
}
