namespace PgLocks.Telemetry;

/// <summary>Quantiles over the keys of one interval, in nanoseconds; each within a bucket's width of the true one.</summary>
internal readonly record struct Quantiles(long Median, long P95, long P99, long Max)
{
    /// <summary>Null when nothing happened in the interval.</summary>
    internal static Quantiles? Of(IEnumerable<HistogramDelta> histograms, long zeros, long max)
    {
        var counts = new long[Buckets.Count];
        counts[0] = zeros;
        foreach (HistogramDelta histogram in histograms)
        {
            for (int i = 0; i < histogram.Buckets.Length; i++)
                counts[histogram.Buckets[i]] += histogram.Counts[i];
        }
        long total = counts.Sum();
        return total == 0 ? null : new Quantiles(At(0.5), At(0.95), At(0.99), max);

        long At(double quantile)
        {
            long wanted = Math.Max(1, (long)Math.Ceiling(quantile * total));
            int bucket = 0;
            for (long seen = counts[0]; seen < wanted; seen += counts[bucket])
                bucket++;
            long middle = Buckets.Lower(bucket) + (Buckets.Lower(bucket + 1) - Buckets.Lower(bucket)) / 2;
            return Math.Min(middle, max);
        }
    }
}
