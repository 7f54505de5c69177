using CsCheck;
using OrderProcessor.Generator;

namespace PgLocks.Tests.OrderProcessor;

public sealed class PositionTests
{
    [Fact]
    public void Apply_LongAndShort_AddsUp()
    {
        var position = Orders.Apply(Orders.Of(0.5m, price: 2), Orders.Of(-0.2m, price: 3));

        Assert.Equal(2, position.OrderCount);
        Assert.Equal(0.3m, position.NetLeverage);
        Assert.Equal(0.7m, position.GrossLeverage);
        Assert.Equal(0.4m, position.Cost);
    }

    [Fact]
    public void Apply_TwoLongs_AveragesTheEntryPrice() =>
        Assert.Equal(110, Orders.Apply(Orders.Of(0.1m, price: 100), Orders.Of(0.1m, price: 120)).AverageEntryPrice);

    [Fact]
    public void AverageEntryPrice_NothingOpen_IsNone() =>
        Assert.Null(Orders.Apply(Orders.Of(0.1m, price: 100), Orders.Of(-0.1m, price: 120)).AverageEntryPrice);

    [Fact]
    public void Apply_Flat_ClosesThePosition()
    {
        var position = Orders.Apply(Orders.Of(0.5m), Orders.Of(0));

        Assert.True(position.IsClosed);
        Assert.Equal(0, position.OpenLeverage);
        Assert.Equal(0.5m, position.NetLeverage);
    }

    [Fact]
    public void Apply_OlderOrderAfterNewerOne_KeepsTheNewestPrice()
    {
        var position = Orders.Apply(Orders.Of(0.1m, price: 20, processedMs: 2), Orders.Of(0.1m, price: 10, processedMs: 1));

        Assert.Equal(20, position.LastPrice);
        Assert.Equal(2, position.LastProcessedMs);
    }

    [Fact]
    public void Apply_ProductLongerThanDecimalAddsExactly_IsRoundedOrderByOrder() =>
        Assert.Equal(0.666666666666m, Orders.Apply(Orders.Of(0.3333333333333333333m), Orders.Of(0.3333333333333333333m)).Cost);

    // Processors race for a position: whoever comes first, the figures must be the same to the last decimal.
    [Fact]
    public void Apply_AnyOrderOfOrders_GivesTheSamePosition()
    {
        var orders = new OrderGenerator(seed: 3).Take(2_000).GroupBy(order => order.PositionUuid).MaxBy(position => position.Count())!.ToArray();
        var expected = Orders.Apply(orders);

        Gen.Shuffle(orders).Sample(shuffled => Assert.Equal(expected, Orders.Apply(shuffled)), iter: 200);
    }
}
