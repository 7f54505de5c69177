using System.Text.RegularExpressions;
using OrderProcessor;
using OrderProcessor.Generator;

namespace PgLocks.Tests.OrderProcessor;

public sealed partial class OrderGeneratorTests
{
    private static readonly Order[] Stream = [.. new OrderGenerator(seed: 1).Take(20_000)];

    [Fact]
    public void Take_SameSeed_GivesTheSameOrders() => Assert.Equal(Stream, new OrderGenerator(seed: 1).Take(Stream.Length));

    [Fact]
    public void Take_More_BeginsWithTheSameOrders() => Assert.Equal(Stream[..100], new OrderGenerator(seed: 1).Take(100));

    [Fact]
    public void Take_OtherSeed_GivesOtherOrders() =>
        Assert.Empty(Stream.Select(order => order.OrderUuid).Intersect(new OrderGenerator(seed: 2).Take(Stream.Length).Select(order => order.OrderUuid)));

    [Fact]
    public void Take_Orders_AreAllDifferentAndReadable()
    {
        Assert.Distinct(Stream.Select(order => order.OrderUuid));
        Assert.All(Stream, order => Assert.Equal(order, OrderReader.Parse(1, OrderJson.Line(order)).Order));
    }

    [Fact]
    public void Take_Hotkeys_LookLikeAddresses() =>
        Assert.All(Stream.Select(order => order.MinerHotkey).Distinct(), hotkey => Assert.Matches(Ss58(), hotkey));

    [Fact]
    public void Take_FewMiners_HasNoMore() =>
        Assert.Equal(3, new OrderGenerator(seed: 1, miners: 3).Take(1_000).Select(order => order.MinerHotkey).Distinct().Count());

    [Fact]
    public void Take_Keys_AreAFewHotOnesAndALongTail()
    {
        var counts = Stream.CountBy(order => order.Key()).Select(key => key.Value).OrderDescending().ToArray();

        Assert.InRange(counts[0], Stream.Length / 20, Stream.Length / 5);
        Assert.InRange(counts.Length, 2_000, 51 * OrderGenerator.DefaultMiners);
        Assert.Equal(1, counts[^1]);
    }

    [Fact]
    public void Take_Position_IsOfOneKeyAndEndsWithItsFlatOrder() => Assert.All(
        Stream.GroupBy(order => order.PositionUuid),
        position =>
        {
            Assert.Single(position.Select(order => order.Key()).Distinct());
            Assert.DoesNotContain(position.SkipLast(1), order => order.OrderType == OrderType.Flat);
        });

    [GeneratedRegex("^5[1-9A-HJ-NP-Za-km-z]{47}$")]
    private static partial Regex Ss58();
}
