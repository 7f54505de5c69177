using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>One picture of the space: totals, and a row for every slot and key that is locked, waited for, or was used lately.</summary>
internal sealed record TopFrame
{
    public required string Server { get; init; }

    public required Space Space { get; init; }

    public required TopReading Reading { get; init; }

    /// <summary>The space as if it were one slot.</summary>
    public required TopRow Total { get; init; }

    public required IReadOnlyList<TopRow> Slots { get; init; }

    public required IReadOnlyList<TopRow> Keys { get; init; }

    public int SlotsOwned => Reading.Locks.Where(one => one.IsGranted).DistinctBy(one => one.Slot).Count();

    public int SlotsWaitedFor => Reading.Locks.Where(one => !one.IsGranted).DistinctBy(one => one.Slot).Count();

    public static TopFrame Of(ConnectionTarget target, Space space, TopReading reading, TopRates rates)
    {
        var growth = rates.Growth;
        var locks = reading.Locks.GroupBy(one => one.Slot).ToDictionary(group => group.Key, group => group.ToList());
        var bySlot = growth.GroupBy(pair => pair.Key.Slot).ToDictionary(group => group.Key, Sum);
        var held = reading.Locks.Where(one => one.Hotkey is not null).Select(one => new TopKey(one.Slot, one.Hotkey!, one.Pair!));
        return new TopFrame
        {
            Server = $"{target} (PostgreSQL {reading.ServerVersion})",
            Space = space,
            Reading = reading,
            Total = new TopRow { Slot = 0, Counts = Sum(growth), Period = rates.Period }.With(reading.Locks),
            Slots = [.. locks.Keys.Union(bySlot.Keys).Select(slot => Row(slot, bySlot.GetValueOrDefault(slot)).With(LocksOf(slot)))],
            Keys = [.. growth.Keys.Union(held).Select(key => Row(key.Slot, growth.GetValueOrDefault(key)).With(LocksOf(key.Slot), key))],
        };

        TopRow Row(int slot, TrafficCounts counts) => new() { Slot = slot, Counts = counts, Period = rates.Period };

        List<LiveLock> LocksOf(int slot) => locks.GetValueOrDefault(slot) ?? [];
    }

    private static TrafficCounts Sum(IEnumerable<KeyValuePair<TopKey, TrafficCounts>> growth) =>
        growth.Aggregate(default(TrafficCounts), (sum, pair) => sum + pair.Value);
}
