namespace PgLocks.Telemetry;

/// <summary>What of a histogram was written to the server already, and so what an interval added.</summary>
internal sealed class HistogramReader
{
    private Dictionary<short, uint>? _written;

    /// <summary>Buckets and counts since the last <see cref="Accept"/>, and the reading itself.</summary>
    internal HistogramDelta Read(Histogram? histogram)
    {
        var reading = new Dictionary<short, uint>();
        List<short> buckets = [];
        List<long> counts = [];
        histogram?.Read((bucket, count) =>
        {
            reading[(short)bucket] = count;
            uint before = _written?.GetValueOrDefault((short)bucket) ?? 0;
            if (count == before)
                return;
            buckets.Add((short)bucket);
            counts.Add(unchecked(count - before));
        });
        return new HistogramDelta([.. buckets], [.. counts], reading);
    }

    internal void Accept(HistogramDelta delta)
    {
        if (delta.Buckets.Length > 0)
            _written = delta.Reading;
    }
}

/// <summary>One interval of a histogram, as two parallel arrays.</summary>
/// <param name="Buckets">The buckets in which something was counted, ascending or not.</param>
/// <param name="Counts">How much.</param>
/// <param name="Reading">All counts at the time of reading.</param>
internal sealed record HistogramDelta(short[] Buckets, long[] Counts, Dictionary<short, uint> Reading)
{
    internal long Total => Counts.Sum();

    /// <summary>The lower bound of the highest bucket: no sample of it was smaller.</summary>
    internal long AtLeastMax => Buckets.Length == 0 ? 0 : Telemetry.Buckets.Lower(Buckets.Max());
}
