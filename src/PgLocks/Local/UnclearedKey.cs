using System.Diagnostics;
using Npgsql;

namespace PgLocks.Local;

/// <summary>A key of which it is not known that it is registered: an acquire looks again, in its own time, before the key gets a gate or is refused.</summary>
/// <remarks>It counts as evicted, so that whoever keeps it asks the table anew every time.</remarks>
internal sealed class UnclearedKey(PositionKey key, KeyTier tier, int slot) : KeyLock(key)
{
    internal override int Slot => slot;

    internal override bool IsEvicted => true;

    internal override async ValueTask<LockLease> AcquireAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        TimeSpan wait = timeout is { } given ? Timeouts.Checked(given) : tier.DefaultTimeout;
        long startedAt = tier.Time.GetTimestamp();
        KeyGate gate = await ClearAsync(wait, cancellationToken).ConfigureAwait(false);
        return await gate.AcquireAsync(Timeouts.Left(wait, tier.Time.GetElapsedTime(startedAt)), cancellationToken).ConfigureAwait(false);
    }

    internal override async ValueTask<LockLease?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        TimeSpan wait = Timeouts.Checked(timeout);
        long startedAt = tier.Time.GetTimestamp();
        try
        {
            KeyGate gate = await ClearAsync(wait, cancellationToken).ConfigureAwait(false);
            return await gate.TryAcquireAsync(Timeouts.Left(wait, tier.Time.GetElapsedTime(startedAt)), cancellationToken).ConfigureAwait(false);
        }
        catch (LockTimeoutException)
        {
            return null;
        }
    }

    /// <summary>The key's gate, after another look at the registry. Zero waits for the one answer.</summary>
    internal async Task<KeyGate> ClearAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Task look = tier.Filter!.LookAgainAsync();
        try
        {
            await look.WaitAsync(timeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout, tier.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException late) when (!look.IsCompleted)
        {
            throw new LockTimeoutException(Key, slot, timeout, holder: null, late);
        }
        return tier.Find(Key);
    }

    internal override void Release(Tenure tenure, long fencingToken) => throw new UnreachableException("No lease is on a key without a gate.");

    internal override ValueTask FenceAsync(Tenure tenure, long fencingToken, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        throw new UnreachableException("No lease is on a key without a gate.");
}
