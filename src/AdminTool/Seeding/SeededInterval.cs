using System.Numerics;

namespace PgLocks.AdminTool.Seeding;

/// <summary>Made-up figures of one key and interval, as telemetry would have written them. Durations in nanoseconds.</summary>
internal sealed class SeededInterval
{
    private const int Samples = 8;
    private const double Millisecond = 1e6;

    private readonly SortedDictionary<short, long> _waits = [];
    private readonly SortedDictionary<short, long> _holds = [];

    /// <summary>Holds of some milliseconds, most without a wait; keys of a low number are busier, and wait more.</summary>
    public SeededInterval(Random random, int key)
    {
        var weight = 1 + (long)(20 * random.NextDouble() / Math.Sqrt(1 + (key / 10.0)));
        var waitShare = 0.02 + (0.3 / (1 + (key / 50.0)));
        for (var sample = 0; sample < Samples; sample++)
        {
            Acquired += weight;
            var hold = LogNormal(random, 2 * Millisecond, 0.7);
            (HoldSum, HoldMax) = (HoldSum + (hold * weight), Math.Max(HoldMax, hold));
            Count(_holds, hold, weight);
            var wait = random.NextDouble() < waitShare ? LogNormal(random, Millisecond, 1) : 0;
            (WaitSum, WaitMax) = (WaitSum + (wait * weight), Math.Max(WaitMax, wait));
            Count(_waits, wait, weight);
            if (wait > 0)
                Blame(random.Next(Causes), wait * weight, weight);
        }
    }

    public long Acquired { get; }

    public long WaitSum { get; }

    public long WaitMax { get; }

    public long HoldSum { get; }

    public long HoldMax { get; }

    /// <summary>Acquisitions that waited for: own key, other key of the slot, other process.</summary>
    public long[] Contended { get; } = new long[3];

    /// <summary>For: own key, yield, other process, other key, session, server.</summary>
    public long[] Parts { get; } = new long[6];

    public (short[] Buckets, long[] Counts) Waits => ([.. _waits.Keys], [.. _waits.Values]);

    public (short[] Buckets, long[] Counts) Holds => ([.. _holds.Keys], [.. _holds.Values]);

    private static int Causes => 3;

    private void Blame(int cause, long waited, long weight)
    {
        Contended[cause] += weight;
        // The server's answer is a tenth of every wait; the cause is the rest.
        var server = waited / 10;
        Parts[cause switch { 0 => 0, 1 => 3, _ => 2 }] += waited - server;
        Parts[5] += server;
    }

    private static void Count(SortedDictionary<short, long> histogram, long value, long weight)
    {
        var bucket = Bucket(value);
        histogram[bucket] = histogram.GetValueOrDefault(bucket) + weight;
    }

    /// <summary>See <c>pglocks.lock_stats</c>.</summary>
    private static short Bucket(long value)
    {
        if (value < 16)
            return (short)value;
        var exponent = BitOperations.Log2((ulong)value);
        return (short)(((exponent - 3) << 4) + (int)((value >> (exponent - 4)) & 15));
    }

    private static long LogNormal(Random random, double median, double sigma) =>
        (long)(median * Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));
}
