using OrderProcessor;

namespace PgLocks.AdminTool.Demo;

/// <summary>The positions in the database beside those of a single-threaded replay.</summary>
internal sealed record Proof
{
    public required int Orders { get; init; }

    public required int Positions { get; init; }

    public required IReadOnlyList<Difference> Differences { get; init; }

    /// <summary>Orders whose change to a position was overwritten.</summary>
    public required int LostUpdates { get; init; }

    /// <summary>Orders that the database has recorded as applied.</summary>
    public required int Recorded { get; init; }

    /// <summary>Every figure of every position, to the last decimal, and every order recorded.</summary>
    public bool IsEqual => Differences.Count == 0 && Recorded == Orders;

    public static Proof Of(IReadOnlyCollection<Order> orders, IReadOnlyDictionary<Guid, Position> found, int recorded)
    {
        var expected = Replay.Of(orders);
        var differences = expected.Keys.Union(found.Keys)
            .Select(uuid => new Difference(uuid, expected.GetValueOrDefault(uuid), found.GetValueOrDefault(uuid)))
            .Where(pair => pair.Expected != pair.Found)
            .OrderByDescending(pair => pair.LostUpdates)
            .ToList();
        return new Proof
        {
            Orders = orders.Count,
            Positions = expected.Count,
            Differences = differences,
            LostUpdates = differences.Sum(pair => pair.LostUpdates),
            Recorded = recorded,
        };
    }
}

/// <summary>A position that did not end where the replay ends.</summary>
internal sealed record Difference(Guid PositionUuid, Position? Expected, Position? Found)
{
    public int LostUpdates => (Expected?.OrderCount ?? 0) - (Found?.OrderCount ?? 0);

    public string Pair => (Expected ?? Found)!.TradePair;
}
