using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>One slot, or one key, now and lately.</summary>
internal sealed record TopRow
{
    public required int Slot { get; init; }

    /// <summary>Of a slot: the key in it that has been held longest, if one is held long.</summary>
    public string? Hotkey { get; init; }

    public string? Pair { get; init; }

    /// <summary>held, kept or foreign, as in <c>locks list</c>; null: nobody has the slot.</summary>
    public string? State { get; init; }

    public long? HoldAgeMs { get; init; }

    public string? Process { get; init; }

    /// <summary>Sessions in the slot's queue.</summary>
    public int Waiters { get; init; }

    public long? LongestWaitMs { get; init; }

    public TrafficCounts Counts { get; init; }

    public TimeSpan Period { get; init; }

    public string? Key => Names.Key(Hotkey, Pair);

    public double AcquiredPerS => Counts.Acquired / Period.TotalSeconds;

    public double TimedOutPerS => Counts.TimedOut / Period.TotalSeconds;

    public double CollisionsPerS => Counts.ContendedSlot / Period.TotalSeconds;

    public double WaitNsPerS => Counts.WaitNs / Period.TotalSeconds;

    /// <summary>Mean number of holds at a time.</summary>
    public double Busy => Counts.HoldNs / 1e9 / Period.TotalSeconds;

    public long? WaitMeanNs => Counts.Acquired == 0 ? null : Counts.WaitNs / Counts.Acquired;

    public long? HoldMeanNs => Counts.Acquired == 0 ? null : Counts.HoldNs / Counts.Acquired;

    /// <summary>Seconds of waiting a second: each session in line adds one, and what was recorded adds its own.</summary>
    public double Waiting => Waiters + (WaitNsPerS / 1e9);

    /// <summary>Who has it, and who stands in line.</summary>
    /// <param name="locks">Of one slot.</param>
    /// <param name="key">Null: of the slot as a whole.</param>
    public TopRow With(IReadOnlyList<LiveLock> locks, TopKey? key = null)
    {
        var waiting = locks.Where(one => !one.IsGranted).ToList();
        var holder = locks.FirstOrDefault(one => one.IsGranted && (key is null || (one.Hotkey == key.Value.Hotkey && one.Pair == key.Value.Pair)));
        return this with
        {
            Hotkey = key?.Hotkey ?? holder?.Hotkey,
            Pair = key?.Pair ?? holder?.Pair,
            State = holder switch { null => null, { InstanceId: null } => "foreign", { Hotkey: null } => "kept", _ => "held" },
            HoldAgeMs = holder?.HoldAgeMs,
            Process = holder is null ? null : Names.Process(holder.Application, holder.Host, holder.Pid),
            Waiters = waiting.Count,
            LongestWaitMs = waiting.Max(one => one.WaitAgeMs),
        };
    }
}
