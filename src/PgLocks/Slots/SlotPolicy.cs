namespace PgLocks.Slots;

/// <summary>The times and choices that the slot tier goes by, in ticks of its clock.</summary>
internal sealed class SlotPolicy
{
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Unserved = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StuckYield = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OneTry = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Crowd = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Share = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    internal SlotPolicy(PgLocksOptions options, TimeProvider time)
    {
        Time = time;
        Keeps = options.Retention == Retention.Adaptive;
        // Never nothing at all: a slot that closes in the moment of its gain would grant nobody, and be gained again, for ever.
        Quantum = Math.Max(1, Ticks(options.Quantum));
        LockDelay = options.UnfencedDelay ? Ticks(options.LockDelay) : 0;
        CalmTicks = Ticks(Calm);
        UnservedTicks = Ticks(Unserved);
        StuckYieldTicks = Ticks(StuckYield);
        OneTryTicks = Ticks(OneTry);
        CrowdTicks = Ticks(Crowd);
        TurnWaitTicks = Ticks(TurnWait);
        ShareTicks = Ticks(Share);
        PauseTicks = Ticks(Pause);
        RetryTicks = Ticks(Retry);
    }

    internal TimeProvider Time { get; }

    /// <summary>Whether an idle slot is kept that nobody asked for lately.</summary>
    internal bool Keeps { get; }

    internal long Quantum { get; }

    internal long LockDelay { get; }

    /// <summary>How long after a sign of contention a slot counts as contended.</summary>
    internal long CalmTicks { get; }

    /// <summary>How long one who asked is believed to wait while nobody else has owned the slot. After that it has repeated its request, or given up.</summary>
    internal long UnservedTicks { get; }

    /// <summary>After how long a yield that a lease holds up lets callers in again, so that one holding a key and asking for another of the slot does not wait for itself.</summary>
    internal long StuckYieldTicks { get; }

    /// <summary>How long a caller that tries once waits for an owner that may merely be keeping the slot.</summary>
    internal long OneTryTicks { get; }

    /// <summary>So many slots found owned by others within <see cref="CrowdTicks"/> make a crowd.</summary>
    internal int CrowdSize { get; init; } = 4;

    /// <summary>How long a crowd counts as there.</summary>
    internal long CrowdTicks { get; }

    /// <summary>How long after another wanted it a slot counts as shared.</summary>
    internal long ShareTicks { get; }

    /// <summary>How long no turns are taken after some that were not worth it.</summary>
    internal long PauseTicks { get; }

    /// <summary>How long owners have to yield what a turn asked for, before it is tried again.</summary>
    internal long RetryTicks { get; }

    /// <summary>How long the slots that a caller wants wait for the turn, before they are gained one by one.</summary>
    internal static TimeSpan TurnWait { get; } = TimeSpan.FromMilliseconds(200);

    internal long TurnWaitTicks { get; }

    /// <summary>When a slot may grant that is gained now: after the lock delay if the last owner died owning, and not while the server is younger than that.</summary>
    internal long OpensAt(SessionLease owner, bool unclean, long now) => LockDelay == 0 ? now : unclean ? now + LockDelay : owner.OpensAt;

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Time.TimestampFrequency);
}
