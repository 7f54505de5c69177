using PgLocks.FaultTests.Faults;

namespace PgLocks.FaultTests;

/// <summary>Which fault follows which, whom it hits, and how long it is quiet before it: rounds of all kinds, each in an order of its own, all from the seed.</summary>
internal sealed class Schedule(RunOptions options, Random random)
{
    private readonly IReadOnlyList<Fault> _kinds = Fault.Of(options);
    private readonly Queue<Fault> _round = new();

    /// <summary>Whether every kind came up as often as every other.</summary>
    internal bool IsRoundOver => _round.Count == 0;

    internal (Fault Fault, int? Seat, double QuietSeconds) Next()
    {
        if (_round.Count == 0)
        {
            var kinds = _kinds.ToArray();
            random.Shuffle(kinds);
            foreach (var kind in kinds)
                _round.Enqueue(kind);
        }
        var fault = _round.Dequeue();
        var seat = random.Next(options.Processes);
        return (fault, fault.HitsOneSeat ? seat : null, 0.3 + random.NextDouble());
    }
}
