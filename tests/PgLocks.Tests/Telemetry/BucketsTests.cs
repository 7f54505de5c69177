using CsCheck;
using PgLocks.Telemetry;

namespace PgLocks.Tests.Telemetry;

public sealed class BucketsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(15, 15)]
    [InlineData(16, 16)]
    [InlineData(31, 31)]
    [InlineData(32, 32)]
    [InlineData(33, 32)]
    [InlineData(34, 33)]
    [InlineData(1_000_000, 270)]
    public void Of_Value_IsTheAgreedBucket(long nanoseconds, int bucket) => Assert.Equal(bucket, Buckets.Of(nanoseconds));

    [Fact]
    public void Of_Negative_CountsAsZero() => Assert.Equal(0, Buckets.Of(-5));

    [Fact]
    public void Of_AnyDuration_LiesInItsBucketAndWithinTheTable() =>
        Gen.Long[0, long.MaxValue].Sample(nanoseconds =>
        {
            int bucket = Buckets.Of(nanoseconds);
            long next = bucket + 1 < Buckets.Octaves * Buckets.PerOctave ? Buckets.Lower(bucket + 1) : long.MaxValue;
            return Buckets.Lower(bucket) <= nanoseconds && (nanoseconds < next || next < 0 || bucket == Buckets.Of(long.MaxValue)) && bucket / Buckets.PerOctave < Buckets.Octaves;
        });

    [Fact]
    public void Lower_AnyBucket_IsWithinThreePercentOfItsMiddle() =>
        Gen.Int[16, 45 * Buckets.PerOctave].Sample(bucket =>
        {
            double lower = Buckets.Lower(bucket);
            double width = Buckets.Lower(bucket + 1) - lower;
            return width / 2 / lower <= 0.032;
        });
}
