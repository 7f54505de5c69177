namespace PgLocks.Benchmarks.Load;

/// <summary>What one task counts. Its own, so that counting shares nothing.</summary>
internal sealed class Recorder
{
    internal Histogram Wait { get; } = new();

    internal Histogram Hold { get; } = new();

    /// <summary>Operations that ended in the measured time.</summary>
    internal long Measured { get; private set; }

    /// <summary>All of them, warm-up included.</summary>
    internal long All { get; private set; }

    /// <summary>Also of waits that were cut off by the end of the measured time.</summary>
    internal long LongestWait { get; private set; }

    internal void Record(int phase, long wait, long hold)
    {
        All++;
        if (phase != Phase.Measured)
            return;
        Measured++;
        Wait.Record(wait);
        Hold.Record(hold);
        LongestWait = Math.Max(LongestWait, wait);
    }

    internal void CutOff(long wait) => LongestWait = Math.Max(LongestWait, wait);
}
