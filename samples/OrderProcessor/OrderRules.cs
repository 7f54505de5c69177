namespace OrderProcessor;

/// <summary>
/// What a number may be so that sums over a position are exact in <see cref="decimal"/>, in whatever order they are added up.
/// </summary>
internal static class OrderRules
{
    private const int LeverageDecimals = 20;
    private const int PriceDecimals = 18;
    private const decimal MaxLeverage = 1_000;
    private const decimal MaxPrice = 1_000_000_000;

    /// <summary>The first rule that the order breaks; null when it keeps them all.</summary>
    public static string? Broken(Order order)
    {
        if (order.OrderType == OrderType.Flat != (order.Leverage == 0))
            return $"'leverage' is {order.Leverage}, but a FLAT order has none and every other order has some";
        if (order.OrderType == OrderType.Short != (order.Leverage < 0))
            return $"'leverage' is {order.Leverage}, but SHORT is below zero and LONG above";
        if (Math.Abs(order.Leverage) > MaxLeverage || order.Leverage.Scale > LeverageDecimals)
            return $"'leverage' is {order.Leverage}, but may be -{MaxLeverage} to {MaxLeverage}, with {LeverageDecimals} decimals at most";
        if (order.Price is <= 0 or > MaxPrice || order.Price.Scale > PriceDecimals)
            return $"'price' is {order.Price}, but is above 0 up to {MaxPrice}, with {PriceDecimals} decimals at most";
        return order.ProcessedMs < 0 ? $"'processed_ms' is {order.ProcessedMs}, but is a Unix time in milliseconds" : null;
    }
}
