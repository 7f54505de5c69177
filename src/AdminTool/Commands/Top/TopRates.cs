using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>
/// What came to lock_stats between readings, over a few seconds: processes write once in a while (every second by default), so that the
/// difference of two readings close together would jump.
/// </summary>
internal sealed class TopRates
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);

    private readonly Queue<(TimeSpan Elapsed, IReadOnlyDictionary<TopKey, TrafficCounts> Growth)> _growths = new();
    private Dictionary<TopKey, TrafficCounts> _counted = [];
    private DateTime? _readAt;

    /// <summary>The time that <see cref="Growth"/> is about.</summary>
    public TimeSpan Period => _growths.Aggregate(TimeSpan.Zero, (sum, growth) => sum + growth.Elapsed);

    /// <summary>What was added in that time; keys without anything are left out.</summary>
    public IReadOnlyDictionary<TopKey, TrafficCounts> Growth =>
        _growths.SelectMany(growth => growth.Growth).GroupBy(pair => pair.Key)
            .ToDictionary(group => group.Key, group => group.Aggregate(default(TrafficCounts), (sum, pair) => sum + pair.Value));

    /// <param name="reading">Newer than the last one.</param>
    /// <param name="since">From which interval on it was read; those of the first reading are all taken for growth.</param>
    public void Add(TopReading reading, DateTime since)
    {
        Dictionary<TopKey, TrafficCounts> totals = [], next = [];
        foreach (var traffic in reading.Traffic)
        {
            var key = new TopKey(traffic.Slot, traffic.Hotkey, traffic.Pair);
            totals[key] = totals.GetValueOrDefault(key) + TrafficCounts.Of(traffic);
            if (!traffic.IsLeftBehind)
                next[key] = TrafficCounts.Of(traffic);
        }
        var growth = totals.Select(pair => (pair.Key, Value: pair.Value - _counted.GetValueOrDefault(pair.Key))).Where(pair => pair.Value != default)
            .ToDictionary(pair => pair.Key, pair => pair.Value);
        _growths.Enqueue((reading.At - (_readAt ?? since), growth));
        while (_growths.Skip(1).Aggregate(TimeSpan.Zero, (sum, later) => sum + later.Elapsed) >= Shortest)
            _growths.Dequeue();
        _counted = next;
        _readAt = reading.At;
    }
}
