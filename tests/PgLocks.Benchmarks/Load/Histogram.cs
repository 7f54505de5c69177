using System.Numerics;

namespace PgLocks.Benchmarks.Load;

/// <summary>Durations in ns by size: 32 buckets an octave, so that a percentile is within 1.6 %. One writer; recording allocates nothing.</summary>
internal sealed class Histogram
{
    private const int Fine = 5;
    private const int PerOctave = 1 << Fine;
    private const int Buckets = (64 - Fine) * PerOctave;

    private readonly long[] _counts = new long[Buckets];

    internal long Count { get; private set; }

    internal long Sum { get; private set; }

    internal long Max { get; private set; }

    internal void Record(long nanoseconds) => Record(nanoseconds, times: 1);

    internal void Record(long nanoseconds, int times)
    {
        long value = Math.Max(0, nanoseconds);
        _counts[BucketOf(value)] += times;
        Count += times;
        Sum += value * times;
        Max = Math.Max(Max, value);
    }

    internal void Add(HistogramData other)
    {
        foreach ((int bucket, long count) in other.Counts)
        {
            _counts[bucket] += count;
            Count += count;
        }
        Sum += other.Sum;
        Max = Math.Max(Max, other.Max);
    }

    internal HistogramData ToData()
    {
        var counts = new Dictionary<int, long>();
        for (int i = 0; i < Buckets; i++)
        {
            if (_counts[i] > 0)
                counts[i] = _counts[i];
        }
        return new HistogramData(counts, Sum, Max);
    }

    internal Summary Summarize() => new(Quantile(0.5), Quantile(0.95), Quantile(0.99), Max, Count == 0 ? 0 : (double)Sum / Count);

    private long Quantile(double quantile)
    {
        long rank = (long)Math.Ceiling(quantile * Count);
        long seen = 0;
        for (int i = 0; i < Buckets; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
                return Math.Min(Max, Middle(i));
        }
        return 0;
    }

    private static int BucketOf(long value)
    {
        if (value < PerOctave)
            return (int)value;
        int octave = BitOperations.Log2((ulong)value);
        return (octave - Fine + 1) * PerOctave + (int)((value >> (octave - Fine)) & (PerOctave - 1));
    }

    private static long Middle(int bucket)
    {
        if (bucket < PerOctave)
            return bucket;
        int shift = bucket / PerOctave - 1;
        long lower = (long)(PerOctave + bucket % PerOctave) << shift;
        return lower + (1L << shift) / 2;
    }
}

/// <summary>A histogram on its way between processes.</summary>
internal sealed record HistogramData(Dictionary<int, long> Counts, long Sum, long Max);

/// <summary>What is reported of durations, in ns.</summary>
internal sealed record Summary(long P50, long P95, long P99, long Max, double Mean);
