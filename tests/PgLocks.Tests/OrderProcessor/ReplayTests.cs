using OrderProcessor;
using OrderProcessor.Generator;

namespace PgLocks.Tests.OrderProcessor;

public sealed class ReplayTests
{
    private static readonly Order[] Stream = [.. new OrderGenerator(seed: 5).Take(500)];

    [Fact]
    public void Of_Stream_CountsEveryOrderInItsPosition() =>
        Assert.Equal(
            Stream.CountBy(order => order.PositionUuid).ToDictionary(),
            Replay.Of(Stream).ToDictionary(pair => pair.Key, pair => pair.Value.OrderCount));

    [Fact]
    public void Of_OrdersDeliveredTwice_AppliesThemOnce() => Assert.Equal(Replay.Of(Stream), Replay.Of(Stream.Concat(Stream)));

    [Fact]
    public void Of_OneOrderMissing_Differs() => Assert.NotEqual(Replay.Of(Stream), Replay.Of(Stream.SkipLast(1)));
}
