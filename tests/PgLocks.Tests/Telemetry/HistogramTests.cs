using CsCheck;
using PgLocks.Telemetry;

namespace PgLocks.Tests.Telemetry;

public sealed class HistogramTests
{
    [Fact]
    public void Read_AnySamples_CountsEachOnce() =>
        Gen.Int[0, 700].Array[0, 200].Sample(buckets =>
        {
            var histogram = new Histogram();
            Array.ForEach(buckets, histogram.Add);
            Assert.Equal(Counted(buckets), Read(histogram));
        });

    [Fact]
    public void Delta_ReadingsBetweenSamples_AddUpToAll() =>
        Gen.Int[0, 700].Array[0, 50].Array[1, 10].Sample(intervals =>
        {
            var histogram = new Histogram();
            var reader = new HistogramReader();
            var sum = new SortedDictionary<int, long>();
            foreach (int[] interval in intervals)
            {
                Array.ForEach(interval, histogram.Add);
                HistogramDelta delta = reader.Read(histogram);
                reader.Accept(delta);
                foreach ((short bucket, long count) in delta.Buckets.Zip(delta.Counts))
                    sum[bucket] = sum.GetValueOrDefault(bucket) + count;
            }
            Assert.Equal(Counted([.. intervals.SelectMany(interval => interval)]), sum);
        });

    [Fact]
    public void Delta_NotAccepted_ComesAgain()
    {
        var histogram = new Histogram();
        var reader = new HistogramReader();
        histogram.Add(5);
        reader.Read(histogram);
        histogram.Add(5);

        HistogramDelta second = reader.Read(histogram);

        Assert.Equal([(5, 2L)], second.Buckets.Zip(second.Counts, (bucket, count) => ((int)bucket, count)));
    }

    private static SortedDictionary<int, long> Counted(int[] buckets) =>
        new(buckets.GroupBy(bucket => bucket).ToDictionary(group => group.Key, group => (long)group.Count()));

    private static SortedDictionary<int, long> Read(Histogram histogram)
    {
        var read = new SortedDictionary<int, long>();
        histogram.Read((bucket, count) => read[bucket] = count);
        return read;
    }
}
