namespace PgLocks.Slots;

/// <summary>What became of the slots of an instance since its start. Counted off the fast path: each count stands for an answer of the server.</summary>
internal sealed class SlotCounts
{
    private long _cleanGains;
    private long _uncleanGains;
    private long _yields;
    private long _losses;

    /// <summary>Gains after an owner that released.</summary>
    internal long CleanGains => Volatile.Read(ref _cleanGains);

    /// <summary>Gains after an owner that died, or from a server that was started lately.</summary>
    internal long UncleanGains => Volatile.Read(ref _uncleanGains);

    /// <summary>Releases because another asked.</summary>
    internal long Yields => Volatile.Read(ref _yields);

    internal long Losses => Volatile.Read(ref _losses);

    internal void CountGain(bool unclean) => Interlocked.Increment(ref unclean ? ref _uncleanGains : ref _cleanGains);

    internal void CountYield() => Interlocked.Increment(ref _yields);

    internal void CountLosses(int slots) => Interlocked.Add(ref _losses, slots);
}
