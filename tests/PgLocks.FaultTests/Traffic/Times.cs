namespace PgLocks.FaultTests.Traffic;

/// <summary>The times of the instances under test: short, so that a run sees many recoveries.</summary>
internal static class Times
{
    internal static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(200);
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan ServerLease = TimeSpan.FromSeconds(1.5);
    internal static readonly TimeSpan LockDelay = Lease + TimeSpan.FromSeconds(0.5);

    internal static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * TimeProvider.System.TimestampFrequency);

    /// <summary>Between two readings of the machine's monotonic clock.</summary>
    internal static double Milliseconds(long from, long to) => TimeProvider.System.GetElapsedTime(from, to).TotalMilliseconds;
}
