namespace PgLocks.Slots;

/// <summary>The times and choices that the slot tier goes by, in ticks of its clock.</summary>
internal sealed class SlotPolicy
{
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan StuckYield = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OneTry = TimeSpan.FromMilliseconds(10);

    internal SlotPolicy(PgLocksOptions options, TimeProvider time)
    {
        Time = time;
        Keeps = options.Retention == Retention.Adaptive;
        // Never nothing at all: a slot that closes in the moment of its gain would grant nobody, and be gained again, for ever.
        Quantum = Math.Max(1, Ticks(options.Quantum));
        LockDelay = options.UnfencedDelay ? Ticks(options.LockDelay) : 0;
        CalmTicks = Ticks(Calm);
        StuckYieldTicks = Ticks(StuckYield);
        OneTryTicks = Ticks(OneTry);
    }

    internal TimeProvider Time { get; }

    /// <summary>Whether an idle slot is kept that nobody asked for lately.</summary>
    internal bool Keeps { get; }

    internal long Quantum { get; }

    internal long LockDelay { get; }

    /// <summary>How long after a sign of contention a slot counts as contended.</summary>
    internal long CalmTicks { get; }

    /// <summary>After how long a yield that a lease holds up lets callers in again, so that one holding a key and asking for another of the slot does not wait for itself.</summary>
    internal long StuckYieldTicks { get; }

    /// <summary>How long a caller that tries once waits for an owner that may merely be keeping the slot.</summary>
    internal long OneTryTicks { get; }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Time.TimestampFrequency);
}
