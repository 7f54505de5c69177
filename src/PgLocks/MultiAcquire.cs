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
            if (locks.Length > 1)
                Array.ForEach(locks, keyLock => keyLock.Anticipate());
            foreach (KeyLock keyLock in locks)
                leases.Add(await keyLock.AcquireAsync(Timeouts.Left(timeout, time.GetElapsedTime(startedAt)), cancellationToken).ConfigureAwait(false));
            return new MultiLockLease([.. leases]);
        }
        catch (Exception failure)
        {
            for (int i = leases.Count - 1; i >= 0; i--)
                leases[i].Dispose();
            if (failure is LockTimeoutException late)
                throw new LockTimeoutException(late.Key, late.Slot, time.GetElapsedTime(startedAt), late.Holder, late.InnerException);
            throw;
        }
    }
}
