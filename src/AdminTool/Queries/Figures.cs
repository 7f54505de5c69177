namespace PgLocks.AdminTool.Queries;

/// <summary>The figures that key, slot and instance statistics share, and what they are about.</summary>
internal sealed record Figures
{
    public string? Hotkey { get; init; }

    public string? Pair { get; init; }

    public int? Slot { get; init; }

    public long? Keys { get; init; }

    public Guid? InstanceId { get; init; }

    public string? Application { get; init; }

    public string? Host { get; init; }

    public int? Pid { get; init; }

    public DateTime? StartedAt { get; init; }

    public DateTime? LastSeenAt { get; init; }

    public DateTime? ClosedAt { get; init; }

    public long? Dropped { get; init; }

    public long? DroppedEvents { get; init; }

    public long Acquired { get; init; }

    public long TimedOut { get; init; }

    public long ContendedKey { get; init; }

    public long ContendedSlot { get; init; }

    public long ContendedProcess { get; init; }

    public long Lost { get; init; }

    public long WaitKeyNs { get; init; }

    public long WaitYieldNs { get; init; }

    public long WaitProcessNs { get; init; }

    public long WaitSlotNs { get; init; }

    public long WaitSessionNs { get; init; }

    public long WaitServerNs { get; init; }

    public long? WaitMeanNs { get; init; }

    public long? WaitP50Ns { get; init; }

    public long? WaitP95Ns { get; init; }

    public long? WaitP99Ns { get; init; }

    public long? WaitMaxNs { get; init; }

    public long? HoldMeanNs { get; init; }

    public long? HoldP50Ns { get; init; }

    public long? HoldP95Ns { get; init; }

    public long? HoldP99Ns { get; init; }

    public long? HoldMaxNs { get; init; }

    public DateTime? FirstIntervalAt { get; init; }

    public DateTime? LastIntervalAt { get; init; }
}
