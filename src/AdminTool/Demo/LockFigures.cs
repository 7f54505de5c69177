namespace PgLocks.AdminTool.Demo;

/// <summary>What the telemetry of the processors says, read from the server.</summary>
internal sealed record LockFigures(LockTotals Totals, Collisions Collisions, IReadOnlyList<HotKey> Hottest);

/// <summary>Over all keys; times in nanoseconds.</summary>
internal sealed record LockTotals
{
    public long Acquired { get; init; }

    public long ContendedKey { get; init; }

    public long ContendedSlot { get; init; }

    public long ContendedProcess { get; init; }

    public long TimedOut { get; init; }

    public long Lost { get; init; }

    public long WaitP50Ns { get; init; }

    public long WaitP95Ns { get; init; }

    public long WaitP99Ns { get; init; }

    public long WaitMaxNs { get; init; }

    public long HoldP50Ns { get; init; }

    public long HoldP95Ns { get; init; }

    public long HoldP99Ns { get; init; }

    public long HoldMaxNs { get; init; }
}

/// <summary>How the keys share the slots, and the slot that shows it most.</summary>
internal sealed record Collisions
{
    public long Keys { get; init; }

    public int Slots { get; init; }

    /// <summary>Acquisitions that waited because of another key of their slot.</summary>
    public long Waits { get; init; }

    public int WorstSlot { get; init; }

    public long WorstSlotKeys { get; init; }

    public long WorstSlotWaits { get; init; }
}

internal sealed record HotKey
{
    public required string Hotkey { get; init; }

    public required string Pair { get; init; }

    public int Slot { get; init; }

    public long Acquired { get; init; }

    public long WaitP50Ns { get; init; }

    public long WaitP99Ns { get; init; }

    public long HoldP50Ns { get; init; }

    public long HoldP99Ns { get; init; }
}
