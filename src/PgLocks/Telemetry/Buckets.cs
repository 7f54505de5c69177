using System.Numerics;

namespace PgLocks.Telemetry;

/// <summary>The fixed logarithmic buckets of every histogram, 16 to an octave, so that those of any key, instance and interval add up in SQL.</summary>
/// <remarks>Below 16 ns a bucket is one nanosecond; above, its middle is within 3.2 % of every value in it. SQL has the same in <c>pglocks.bucket_value_ns</c>.</remarks>
internal static class Buckets
{
    internal const int PerOctave = 16;
    internal const int Octaves = 60;

    /// <summary>Buckets that a duration can fall into.</summary>
    internal const int Count = (62 - 3 + 1) * PerOctave;

    internal static int Of(long nanoseconds)
    {
        if (nanoseconds < PerOctave)
            return (int)Math.Max(0, nanoseconds);
        int exponent = BitOperations.Log2((ulong)nanoseconds);
        return ((exponent - 3) << 4) + (int)((nanoseconds >> (exponent - 4)) & (PerOctave - 1));
    }

    internal static long Lower(int bucket) => bucket < PerOctave ? bucket : (long)(PerOctave + (bucket & (PerOctave - 1))) << ((bucket >> 4) - 1);
}
