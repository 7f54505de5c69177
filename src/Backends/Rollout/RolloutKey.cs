using Npgsql;

namespace PgLocks.Backends.Rollout;

/// <summary>One key as both sides lock it.</summary>
internal sealed class RolloutKey(PositionKey key, RolloutLocks locks) : KeyLock(key)
{
    internal PositionLock Old { get; } = locks.Old.GetLock(key);

    internal PositionLock New { get; } = locks.New.GetLock(key);

    internal int Hash { get; } = RolloutState.HashOf(key);

    internal override int Slot => New.Slot;

    internal override bool IsEvicted => false;

    internal override async ValueTask<LockLease> AcquireAsync(TimeSpan? timeout, CancellationToken cancellationToken) =>
        (await locks.AcquireAsync(this, timeout is { } given ? Timeouts.Checked(given) : locks.DefaultTimeout, isTry: false, cancellationToken).ConfigureAwait(false))!.Value;

    internal override ValueTask<LockLease?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        locks.AcquireAsync(this, Timeouts.Checked(timeout), isTry: true, cancellationToken);

    internal override void Release(Tenure tenure, long fencingToken) => tenure.Exit();

    internal override ValueTask FenceAsync(Tenure tenure, long fencingToken, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        ((RolloutTenure)tenure).FenceAsync(Key, transaction, cancellationToken);
}
