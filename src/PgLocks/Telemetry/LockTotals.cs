namespace PgLocks.Telemetry;

/// <summary>The counts and sums of all keys together since the start, and how many waits and holds stayed below each bound.</summary>
internal sealed class LockTotals
{
    private const int FirstExponent = 10;
    private const int OctavesPerBound = 2;
    private const int FirstBucketAbove = (FirstExponent - 3) * Buckets.PerOctave;

    /// <summary>In nanoseconds: 1.024 µs, then four times as much each, up to 68.7 s. Each is a bound of the recorders' buckets, so that the counts are exact.</summary>
    internal static readonly long[] Bounds = [.. Enumerable.Range(0, 14).Select(i => 1L << (FirstExponent + OctavesPerBound * i))];

    private readonly long[] _waits = new long[Bounds.Length + 1];
    private readonly long[] _holds = new long[Bounds.Length + 1];

    internal LockTotals(LockTotals? others = null)
    {
        if (others is null)
            return;
        (Acquired, TimedOut, Lost) = (others.Acquired, others.TimedOut, others.Lost);
        (ContendedKey, ContendedSlot, ContendedProcess) = (others.ContendedKey, others.ContendedSlot, others.ContendedProcess);
        (WaitSum, HoldSum) = (others.WaitSum, others.HoldSum);
        others._waits.CopyTo(_waits, 0);
        others._holds.CopyTo(_holds, 0);
    }

    internal long Acquired { get; private set; }

    internal long TimedOut { get; private set; }

    internal long Lost { get; private set; }

    internal long ContendedKey { get; private set; }

    internal long ContendedSlot { get; private set; }

    internal long ContendedProcess { get; private set; }

    internal long WaitSum { get; private set; }

    internal long HoldSum { get; private set; }

    /// <summary>Waits below each bound, and last all.</summary>
    internal long[] Waits => Cumulated(_waits);

    /// <summary>Holds below each bound, and last all.</summary>
    internal long[] Holds => Cumulated(_holds);

    internal void Add(KeyInterval interval)
    {
        KeyCounts counts = interval.Delta;
        Acquired += counts.Acquired;
        TimedOut += counts.TimedOut;
        Lost += counts.Lost;
        // As it was when it was read: what is known of other processes' use of the key may change until it is written.
        WaitCounts waits = interval.Waits.Delta;
        ContendedKey += waits.ContendedKey;
        ContendedSlot += waits.ContendedSlot;
        ContendedProcess += waits.ContendedProcess;
        WaitSum += waits.Sum;
        HoldSum += counts.HoldSum;
        _waits[0] += interval.ZeroWaits;
        Add(interval.Waits.Histogram, _waits);
        Add(interval.Holds, _holds);
    }

    private static void Add(HistogramDelta delta, long[] counts)
    {
        for (int i = 0; i < delta.Buckets.Length; i++)
        {
            int above = delta.Buckets[i] - FirstBucketAbove;
            counts[above < 0 ? 0 : Math.Min(above / (OctavesPerBound * Buckets.PerOctave) + 1, Bounds.Length)] += delta.Counts[i];
        }
    }

    private static long[] Cumulated(long[] counts)
    {
        var sums = new long[counts.Length];
        for (long i = 0, sum = 0; i < counts.Length; i++)
            sums[i] = sum += counts[i];
        return sums;
    }
}
