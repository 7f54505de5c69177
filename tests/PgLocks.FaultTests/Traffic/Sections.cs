namespace PgLocks.FaultTests.Traffic;

/// <summary>Acquires keys and runs critical sections under them, and journals every one of them.</summary>
internal sealed class Sections(int worker, PgLockProvider provider, Journal journal, Witness witness, Guard guard)
{
    private long _last = (long)worker << 32;

    /// <summary>Which worker a section belongs to.</summary>
    internal static int WorkerOf(long section) => (int)(section >> 32);

    /// <summary>False when the key was not granted.</summary>
    internal async Task<bool> RunAsync(int key, TimeSpan timeout, Func<LockLease, long, Task> work, CancellationToken cancellationToken)
    {
        if (await AcquireAsync(key, timeout, cancellationToken) is not { } lease)
            return false;
        using (lease)
        {
            var section = new Section(journal, witness, key, lease, Interlocked.Increment(ref _last));
            if (!section.TryEnter())
                return true;
            guard.Watch(section);
            await work(lease, section.Id);
            section.Leave(section.IsLost ? Happening.Lost : Happening.Done);
            guard.Forget(section);
        }
        return true;
    }

    private async ValueTask<LockLease?> AcquireAsync(int key, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var called = TimeProvider.System.GetTimestamp();
        try
        {
            var lease = await provider.AcquireAsync(TrafficKeys.All[key], timeout, cancellationToken);
            journal.Write(Happening.Granted, key, lease.FencingToken, number: called);
            return lease;
        }
        catch (Exception ended)
        {
            var isTyped = ended is LockTimeoutException or PgLockException || (ended is OperationCanceledException && cancellationToken.IsCancellationRequested);
            journal.Write(
                isTyped ? Happening.Refused : Happening.Untyped, key, section: (long)timeout.TotalMilliseconds, number: called,
                text: isTyped ? ended.GetType().Name : ended.ToString());
            return null;
        }
    }
}
