namespace PgLocks.Backends.Rollout;

/// <summary>One state as this process acts on it: how many leases and waits began under it and have not ended.</summary>
internal sealed class StateUse(RolloutState state)
{
    // One of them stands for being the current state.
    private int _uses = 1;

    internal RolloutState State => state;

    /// <summary>Leases and waits, once it is no longer the current state.</summary>
    internal int Left => Volatile.Read(ref _uses);

    /// <summary>Counts one more in; false once nothing is left of it, which is what the process may have acknowledged.</summary>
    internal bool TryEnter()
    {
        int uses = Volatile.Read(ref _uses);
        while (uses > 0)
        {
            int seen = Interlocked.CompareExchange(ref _uses, uses + 1, uses);
            if (seen == uses)
                return true;
            uses = seen;
        }
        return false;
    }

    internal void Exit() => Interlocked.Decrement(ref _uses);
}
