using OrderProcessor;

namespace PgLocks.Tests.OrderProcessor;

/// <summary>Orders of one position, with nothing but what a test is about.</summary>
internal static class Orders
{
    private static readonly Guid Position = Guid.Parse("27720a43-c7de-44ca-b23e-c214b8be1e30");

    public static Order Of(decimal leverage, decimal price = 1, long processedMs = 1, Guid? uuid = null) => new()
    {
        OrderUuid = uuid ?? Guid.NewGuid(),
        PositionUuid = Position,
        MinerHotkey = "5ERpedEjdWk8EpSMYpwf4ajbSBLXvjhLBBceWtb2U5Lt5RrH",
        TradePair = "EURUSD",
        OrderType = leverage == 0 ? OrderType.Flat : leverage > 0 ? OrderType.Long : OrderType.Short,
        Leverage = leverage,
        Price = price,
        ProcessedMs = processedMs,
    };

    public static Position Apply(params IEnumerable<Order> orders) =>
        orders.Aggregate((Position?)null, (position, order) => (position ?? global::OrderProcessor.Position.Open(order)).Apply(order))!;
}
