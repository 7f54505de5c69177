using PgLocks.Telemetry;

namespace PgLocks.Backends.Rollout;

/// <summary>What one side did in one mode, since the start of this process. Any thread.</summary>
internal sealed class SideFigures(RolloutMode mode, RolloutMode side, TimeProvider time)
{
    private readonly long[] _waits = new long[Buckets.Count];
    private readonly long[] _holds = new long[Buckets.Count];
    private long _timedOut;

    internal RolloutMode Mode => mode;

    /// <summary><see cref="RolloutMode.Old"/> or <see cref="RolloutMode.New"/>.</summary>
    internal RolloutMode Side => side;

    internal TimeProvider Time => time;

    internal long TimedOut => Volatile.Read(ref _timedOut);

    internal (short[] Buckets, long[] Counts) Waits => Read(_waits);

    internal (short[] Buckets, long[] Counts) Holds => Read(_holds);

    internal void Waited(long since) => Add(_waits, since);

    internal void Held(long since) => Add(_holds, since);

    internal void CountTimeout() => Interlocked.Increment(ref _timedOut);

    private void Add(long[] counts, long since) => Interlocked.Increment(ref counts[Buckets.Of((long)time.GetElapsedTime(since).TotalNanoseconds)]);

    private static (short[] Buckets, long[] Counts) Read(long[] counts)
    {
        short[] buckets = [.. Enumerable.Range(0, counts.Length).Where(bucket => Volatile.Read(ref counts[bucket]) != 0).Select(bucket => (short)bucket)];
        return (buckets, [.. buckets.Select(bucket => Volatile.Read(ref counts[bucket]))]);
    }
}

/// <summary>A lease of one side, timed.</summary>
internal sealed record SideLease(LockLease Lease, SideFigures Figures)
{
    private readonly long _grantedAt = Figures.Time.GetTimestamp();

    internal void Release()
    {
        Figures.Held(_grantedAt);
        Lease.Dispose();
    }
}
