namespace OrderProcessor;

/// <summary>
/// What the orders of one position add up to. Every figure is exact and comes out the same in whatever order they are applied, so
/// processors that race for a position must end where a single-threaded replay ends, to the last decimal.
/// </summary>
public sealed record Position
{
    // A product of leverage and price may have more decimals than decimal can add without rounding.
    private const int CostDecimals = 12;

    public required Guid PositionUuid { get; init; }

    public required string MinerHotkey { get; init; }

    public required string TradePair { get; init; }

    public int OrderCount { get; init; }

    /// <summary>The sum of all leverages; what is open of it is <see cref="OpenLeverage"/>.</summary>
    public decimal NetLeverage { get; init; }

    /// <summary>The sum of all leverages without their signs: what was traded.</summary>
    public decimal GrossLeverage { get; init; }

    /// <summary>The sum of leverage × price.</summary>
    public decimal Cost { get; init; }

    public bool IsClosed { get; init; }

    public decimal LastPrice { get; init; }

    public long LastProcessedMs { get; init; }

    /// <summary>Breaks the tie between orders of one millisecond.</summary>
    public Guid LastOrderUuid { get; init; }

    public decimal OpenLeverage => IsClosed ? 0 : NetLeverage;

    /// <summary>None when nothing is open, or so little of so much that a decimal cannot hold it.</summary>
    public decimal? AverageEntryPrice => NetLeverage == 0 || Math.Abs(Cost) / decimal.MaxValue >= Math.Abs(NetLeverage) ? null : Cost / NetLeverage;

    public static Position Open(Order order) =>
        new() { PositionUuid = order.PositionUuid, MinerHotkey = order.MinerHotkey, TradePair = order.TradePair };

    public Position Apply(Order order)
    {
        var isLast = (order.ProcessedMs, order.OrderUuid).CompareTo((LastProcessedMs, LastOrderUuid)) > 0;
        return this with
        {
            OrderCount = OrderCount + 1,
            NetLeverage = NetLeverage + order.Leverage,
            GrossLeverage = GrossLeverage + Math.Abs(order.Leverage),
            Cost = Cost + Math.Round(order.Leverage * order.Price, CostDecimals),
            IsClosed = IsClosed || order.OrderType == OrderType.Flat,
            LastPrice = isLast ? order.Price : LastPrice,
            LastProcessedMs = isLast ? order.ProcessedMs : LastProcessedMs,
            LastOrderUuid = isLast ? order.OrderUuid : LastOrderUuid,
        };
    }
}
