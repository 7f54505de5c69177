namespace PgLocks;

/// <summary>Several keys in one order, by slot and then by key: whoever takes them so can never wait in a circle.</summary>
internal static class MultiAcquire
{
    internal static async ValueTask<MultiLockLease> AcquireAllAsync(
        IReadOnlyCollection<PositionKey> keys, Func<PositionKey, KeyLock> find, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        KeyLock[] locks = [.. keys.Distinct().Select(find).OrderBy(keyLock => keyLock.Slot).ThenBy(keyLock => keyLock.Key.ToString(), StringComparer.Ordinal)];
        var leases = new List<LockLease>(locks.Length);
        long startedAt = time.GetTimestamp();
        try
        {
            foreach (KeyLock keyLock in locks)
                leases.Add(await keyLock.AcquireAsync(Timeouts.Left(timeout, time.GetElapsedTime(startedAt)), cancellationToken).ConfigureAwait(false));
            return new MultiLockLease([.. leases]);
        }
        catch
        {
            for (int i = leases.Count - 1; i >= 0; i--)
                leases[i].Dispose();
            throw;
        }
    }
}
