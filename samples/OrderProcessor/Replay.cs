namespace OrderProcessor;

/// <summary>The positions that a stream ends with when one thread applies its orders, one after the other, each once.</summary>
public static class Replay
{
    public static IReadOnlyDictionary<Guid, Position> Of(IEnumerable<Order> orders)
    {
        var positions = new Dictionary<Guid, Position>();
        foreach (var order in orders.DistinctBy(order => order.OrderUuid))
            positions[order.PositionUuid] = (positions.GetValueOrDefault(order.PositionUuid) ?? Position.Open(order)).Apply(order);
        return positions;
    }
}
