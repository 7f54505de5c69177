namespace PgLocks.Telemetry;

/// <summary>The counts and sums of one key. Durations in nanoseconds.</summary>
internal struct KeyCounts
{
    internal long Acquired;
    internal long TimedOut;
    internal long ContendedKey;
    internal long ContendedSlot;
    internal long ContendedProcess;
    internal long Lost;
    internal long WaitSum;
    internal long HoldSum;
    internal WaitParts Parts;

    /// <summary>Grows whenever anything happens.</summary>
    internal readonly long Activity => Acquired + TimedOut;

    internal readonly KeyCounts Minus(in KeyCounts other) => new()
    {
        Acquired = Acquired - other.Acquired,
        TimedOut = TimedOut - other.TimedOut,
        ContendedKey = ContendedKey - other.ContendedKey,
        ContendedSlot = ContendedSlot - other.ContendedSlot,
        ContendedProcess = ContendedProcess - other.ContendedProcess,
        Lost = Lost - other.Lost,
        WaitSum = WaitSum - other.WaitSum,
        HoldSum = HoldSum - other.HoldSum,
        Parts = Parts.Minus(other.Parts),
    };
}

/// <summary>One key's row of one interval.</summary>
/// <param name="Recorder">The key's recorder.</param>
/// <param name="Reading">Its counts at the time of reading.</param>
/// <param name="Delta">What of them the server does not have.</param>
/// <param name="Waits">Waits above zero.</param>
/// <param name="ZeroWaits">How many did not wait.</param>
/// <param name="Holds">Holds.</param>
/// <param name="WaitMax">The longest wait, in nanoseconds.</param>
/// <param name="HoldMax">The longest hold, in nanoseconds.</param>
internal sealed record KeyInterval(
    KeyRecorder Recorder, KeyCounts Reading, KeyCounts Delta, HistogramDelta Waits, long ZeroWaits, HistogramDelta Holds, long WaitMax, long HoldMax)
{
    /// <summary>What its waits were for; they add up to the sum of its waits.</summary>
    internal WaitParts Parts => Delta.Parts;
}
