namespace PgLocks.Benchmarks.Load;

/// <summary>What one task counts. Its own, so that counting shares nothing.</summary>
/// <remarks>
/// Every operation that waits is timed. Of those whose acquire is granted at once, one in <see cref="Sample"/> is, and stands for the others: reading the clock
/// twice takes as long as half of such an operation. A wait that follows untimed operations counts from the last reading, which is too long by these.
/// </remarks>
internal sealed class Recorder
{
    private const int Sample = 16;

    private int _untilTimed;

    internal Histogram Wait { get; } = new();

    internal Histogram Hold { get; } = new();

    /// <summary>Operations that ended in the measured time.</summary>
    internal long Measured { get; private set; }

    /// <summary>All of them, warm-up included.</summary>
    internal long All { get; private set; }

    /// <summary>Also of waits that were cut off by the end of the measured time.</summary>
    internal long LongestWait { get; private set; }

    /// <summary>Whether the next operation is timed even if it does not wait.</summary>
    internal bool IsTimedNext => _untilTimed == 0;

    /// <summary>For how many operations the time of this one stands; zero where it is not to be timed.</summary>
    internal int Weigh(bool waits)
    {
        if (waits)
            return 1;
        if (_untilTimed-- > 0)
            return 0;
        _untilTimed = Sample - 1;
        return Sample;
    }

    internal void Count(int phase)
    {
        All++;
        if (phase == Phase.Measured)
            Measured++;
    }

    internal void Record(int phase, long wait, long hold, int standsFor)
    {
        Count(phase);
        if (phase != Phase.Measured)
            return;
        Wait.Record(wait, standsFor);
        Hold.Record(hold, standsFor);
        LongestWait = Math.Max(LongestWait, wait);
    }

    internal void CutOff(long wait) => LongestWait = Math.Max(LongestWait, wait);
}
