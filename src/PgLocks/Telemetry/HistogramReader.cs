namespace PgLocks.Telemetry;

/// <summary>What of a histogram was written to the server already, and so what an interval added.</summary>
internal struct HistogramReader
{
    private short[]? _buckets;
    private uint[]? _counts;

    /// <summary>Buckets and counts since the last <see cref="Accept"/>, and the reading itself.</summary>
    internal readonly HistogramDelta Read(Histogram? histogram)
    {
        List<short> buckets = [];
        List<uint> counts = [];
        histogram?.Read((bucket, count) =>
        {
            buckets.Add((short)bucket);
            counts.Add(count);
        });
        List<short> grown = [];
        List<long> by = [];
        for (int i = 0; i < buckets.Count; i++)
        {
            uint growth = unchecked(counts[i] - Written(buckets[i]));
            if (growth == 0)
                continue;
            grown.Add(buckets[i]);
            by.Add(growth);
        }
        return new HistogramDelta([.. grown], [.. by], [.. buckets], [.. counts]);
    }

    internal void Accept(HistogramDelta delta)
    {
        if (delta.Buckets.Length == 0)
            return;
        _buckets = delta.AllBuckets;
        _counts = delta.AllCounts;
    }

    private readonly uint Written(short bucket) => _buckets is not null && Array.IndexOf(_buckets, bucket) is >= 0 and var at ? _counts![at] : 0;
}

/// <summary>One interval of a histogram, as two parallel arrays.</summary>
/// <param name="Buckets">The buckets in which something was counted, in no order.</param>
/// <param name="Counts">How much.</param>
/// <param name="AllBuckets">Every bucket that was ever counted.</param>
/// <param name="AllCounts">Its count at the time of reading.</param>
internal sealed record HistogramDelta(short[] Buckets, long[] Counts, short[] AllBuckets, uint[] AllCounts)
{
    internal long Total => Counts.Sum();

    /// <summary>The lower bound of the highest bucket: no sample of it was smaller.</summary>
    internal long AtLeastMax => Buckets.Length == 0 ? 0 : Telemetry.Buckets.Lower(Buckets.Max());
}
