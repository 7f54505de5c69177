using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>What was recorded of a key, a slot or the space.</summary>
internal readonly record struct TrafficCounts(
    long Acquired, long TimedOut, long ContendedSlot, long ContendedProcess, long WaitNs, long HoldNs)
{
    public static TrafficCounts Of(KeyTraffic traffic) =>
        new(traffic.Acquired, traffic.TimedOut, traffic.ContendedSlot, traffic.ContendedProcess, traffic.WaitSumNs, traffic.HoldSumNs);

    public static TrafficCounts operator +(TrafficCounts one, TrafficCounts other) => new(
        one.Acquired + other.Acquired, one.TimedOut + other.TimedOut, one.ContendedSlot + other.ContendedSlot,
        one.ContendedProcess + other.ContendedProcess, one.WaitNs + other.WaitNs, one.HoldNs + other.HoldNs);

    public static TrafficCounts operator -(TrafficCounts one, TrafficCounts other) => new(
        one.Acquired - other.Acquired, one.TimedOut - other.TimedOut, one.ContendedSlot - other.ContendedSlot,
        one.ContendedProcess - other.ContendedProcess, one.WaitNs - other.WaitNs, one.HoldNs - other.HoldNs);
}

/// <summary>A key and where it lives.</summary>
internal readonly record struct TopKey(int Slot, string Hotkey, string Pair);
