namespace PgLocks.FaultTests.Traffic;

/// <summary>One defence turned off, to see that the checker notices. Made of what tests can reach; no switch in the library.</summary>
internal enum Mutation
{
    /// <summary>The library as it is.</summary>
    None,

    /// <summary>A new owner grants at once, also after one that died owning.</summary>
    NoLockDelay,

    /// <summary>A process grants on what it heard from the server long ago.</summary>
    NoDeadline,

    /// <summary>Transactions are not fenced.</summary>
    NoFence,

    /// <summary>An owner that is asked for a slot lets its own callers go on and on.</summary>
    NoQuantum,

    /// <summary>A session whose wait failed or was cancelled is told that it holds nothing, whatever it was granted.</summary>
    NoQuestion,
}
