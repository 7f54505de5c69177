namespace PgLocks.Postgres;

/// <summary>How often the instance's lock sessions waited for an answer, by purpose.</summary>
internal sealed class RoundTrips
{
    private long _transfers;
    private long _waits;
    private long _heartbeats;

    /// <summary>Batches of tries, draws and releases on home.</summary>
    internal long Transfers => Volatile.Read(ref _transfers);

    /// <summary>Waits and releases on waiter sessions.</summary>
    internal long Waits => Volatile.Read(ref _waits);

    internal long Heartbeats => Volatile.Read(ref _heartbeats);

    internal void CountTransfer() => Interlocked.Increment(ref _transfers);

    internal void CountWait() => Interlocked.Increment(ref _waits);

    internal void CountHeartbeat() => Interlocked.Increment(ref _heartbeats);
}
