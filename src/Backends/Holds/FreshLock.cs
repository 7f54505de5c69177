using System.Diagnostics;
using Npgsql;
using PgLocks.Local;

namespace PgLocks.Backends.Holds;

/// <summary>The lock of a key without a local tier: each acquire passes through a gate of its own.</summary>
internal sealed class FreshLock(PositionKey key, int slot, Func<PositionKey, KeyGate> newGate) : KeyLock(key)
{
    internal override int Slot => slot;

    internal override bool IsEvicted => false;

    internal override ValueTask<LockLease> AcquireAsync(TimeSpan? timeout, CancellationToken cancellationToken) => newGate(Key).AcquireAsync(timeout, cancellationToken);

    internal override ValueTask<LockLease?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken) => newGate(Key).TryAcquireAsync(timeout, cancellationToken);

    internal override void Release(Tenure tenure, long fencingToken) => throw new UnreachableException("Leases are on the gates.");

    internal override ValueTask FenceAsync(Tenure tenure, long fencingToken, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        throw new UnreachableException("Leases are on the gates.");
}
