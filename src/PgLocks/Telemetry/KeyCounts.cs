namespace PgLocks.Telemetry;

/// <summary>The counts and sums of one key. Durations in nanoseconds.</summary>
internal struct KeyCounts
{
    internal long Acquired;
    internal long TimedOut;
    internal long Lost;
    internal long HoldSum;

    /// <summary>Grows whenever anything happens.</summary>
    internal readonly long Activity => Acquired + TimedOut;

    internal readonly KeyCounts Minus(in KeyCounts other) => new()
    {
        Acquired = Acquired - other.Acquired,
        TimedOut = TimedOut - other.TimedOut,
        Lost = Lost - other.Lost,
        HoldSum = HoldSum - other.HoldSum,
    };
}

/// <summary>The waits of one key. Durations in nanoseconds.</summary>
internal struct WaitCounts
{
    internal long ContendedKey;
    internal long ContendedSlot;
    internal long ContendedProcess;
    internal long Sum;
    internal WaitParts Parts;

    internal readonly WaitCounts Minus(in WaitCounts other) => new()
    {
        ContendedKey = ContendedKey - other.ContendedKey,
        ContendedSlot = ContendedSlot - other.ContendedSlot,
        ContendedProcess = ContendedProcess - other.ContendedProcess,
        Sum = Sum - other.Sum,
        Parts = Parts.Minus(other.Parts),
    };

    /// <summary>Waits for another process count as waits for another key of the slot: no other process uses this key.</summary>
    internal readonly WaitCounts ForOtherKeys() => this with
    {
        ContendedSlot = ContendedSlot + ContendedProcess,
        ContendedProcess = 0,
        Parts = Parts with { Slot = Parts.Slot + Parts.Process, Process = 0 },
    };
}

/// <summary>One key's row of one interval.</summary>
/// <param name="Recorder">The key's recorder.</param>
/// <param name="Reading">Its counts at the time of reading.</param>
/// <param name="Delta">What of them the server does not have.</param>
/// <param name="Waits">What of its waits the server does not have.</param>
/// <param name="ZeroWaits">How many did not wait.</param>
/// <param name="Holds">Holds.</param>
/// <param name="HoldMax">The longest hold, in nanoseconds.</param>
internal sealed record KeyInterval(KeyRecorder Recorder, KeyCounts Reading, KeyCounts Delta, WaitInterval Waits, long ZeroWaits, HistogramDelta Holds, long HoldMax)
{
    /// <summary>The waits, as far as is known whether other processes use the key.</summary>
    internal WaitCounts WaitDelta => Recorder.Lock.OthersUseOnlyOtherKeys ? Waits.Delta.ForOtherKeys() : Waits.Delta;
}
