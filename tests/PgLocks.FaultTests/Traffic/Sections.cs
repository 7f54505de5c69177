using Npgsql;

namespace PgLocks.FaultTests.Traffic;

/// <summary>Acquires keys, one or several or in a transaction, and runs critical sections under them, and journals every one of them.</summary>
internal sealed class Sections(int worker, PgLockProvider provider, Journal journal, Witness witness, Guard guard)
{
    private long _last = (long)worker << 32;

    /// <summary>Which worker a section belongs to.</summary>
    internal static int WorkerOf(long section) => (int)(section >> 32);

    /// <summary>False when the key was not granted.</summary>
    internal async Task<bool> RunAsync(int key, TimeSpan timeout, Func<Section, Task> work, CancellationToken cancellationToken)
    {
        var (lease, called) = await AcquireAsync<LockLease?>(key, timeout, async () => await provider.AcquireAsync(TrafficKeys.All[key], timeout, cancellationToken), cancellationToken);
        if (lease is not { } granted)
            return false;
        using (granted)
            await RunAsync([Granted(key, granted, called)], sections => work(sections[0]));
        return true;
    }

    /// <summary>The same for several keys at once.</summary>
    internal async Task<bool> RunAllAsync(int[] keys, TimeSpan timeout, Func<IReadOnlyList<Section>, Task> work, CancellationToken cancellationToken)
    {
        PositionKey[] wanted = [.. keys.Select(key => TrafficKeys.All[key])];
        var (leases, called) = await AcquireAsync(keys[0], timeout, async () => await provider.AcquireAllAsync(wanted, timeout, cancellationToken), cancellationToken, keys);
        if (leases is null)
            return false;
        using (leases)
            await RunAsync([.. leases.Leases.Select(lease => Granted(TrafficKeys.IndexOf(lease.Key), lease, called, text: Happening.Together))], work);
        return true;
    }

    /// <summary>A section that ends with the transaction; null when the key was not granted.</summary>
    internal async Task<Section?> AcquireAsync(NpgsqlTransaction transaction, int key, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (lease, called) = await AcquireAsync<LockLease?>(
            key, timeout, async () => await provider.AcquireInTransactionAsync(transaction, TrafficKeys.All[key], timeout, cancellationToken), cancellationToken, isInTransaction: true);
        if (lease is not { } granted)
            return null;
        var section = Granted(key, granted, called, isInTransaction: true);
        section.TryEnter();
        return section;
    }

    private async Task RunAsync(Section[] sections, Func<IReadOnlyList<Section>, Task> work)
    {
        Array.ForEach(sections, guard.Watch);
        if (sections.All(section => section.TryEnter()))
            await work(sections);
        foreach (var section in sections)
        {
            section.Leave(section.IsLost ? Happening.Lost : Happening.Done);
            guard.Forget(section);
        }
    }

    private Section Granted(int key, LockLease lease, long called, bool isInTransaction = false, string text = "")
    {
        var section = new Section(
            journal, witness, key, lease, Interlocked.Increment(ref _last), isInTransaction ? null : provider.Instance.Slots[lease.Slot].Owner, isInTransaction);
        journal.Write(Happening.Granted, key, lease.FencingToken, number: called, text: text);
        return section;
    }

    private async Task<(T? Lease, long Called)> AcquireAsync<T>(int key, TimeSpan timeout, Func<Task<T>> acquire, CancellationToken cancellationToken, int[]? all = null, bool isInTransaction = false)
    {
        var called = TimeProvider.System.GetTimestamp();
        try
        {
            return (await acquire(), called);
        }
        catch (Exception ended)
        {
            var isTyped = ended is LockTimeoutException or PgLockException || (ended is OperationCanceledException && cancellationToken.IsCancellationRequested);
            journal.Write(
                isTyped ? Happening.Refused : Happening.Untyped, key, isInTransaction ? Happening.ByServer : ended is LockTimeoutException late ? called + Times.Ticks(late.Waited) : 0, section: (long)timeout.TotalMilliseconds, number: called,
                text: isTyped ? ended.GetType().Name : ended.ToString());
            if (all is not null)
                WriteUndone(all, ended);
            return (default, called);
        }
    }

    /// <summary>Keys are acquired in the order of slots and then of keys, so the one that failed tells how many were granted before it.</summary>
    private void WriteUndone(int[] keys, Exception ended)
    {
        var failed = (ended as LockTimeoutException)?.Key ?? (ended as PgLockException)?.Key;
        var order = keys.Select(key => TrafficKeys.All[key]).OrderBy(key => TrafficKeys.SlotOf(TrafficKeys.IndexOf(key))).ThenBy(key => key.ToString(), StringComparer.Ordinal).ToList();
        var granted = failed is { } known ? order.IndexOf(known) : 0;
        journal.Write(Happening.Undone, number: granted, section: failed is null ? keys.Length - 1 : granted);
    }
}
