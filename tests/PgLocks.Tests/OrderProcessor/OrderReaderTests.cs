using OrderProcessor;

namespace PgLocks.Tests.OrderProcessor;

public sealed class OrderReaderTests
{
    private const string Good =
        """
        {"order_uuid":"cf5419db-926d-4d7c-a13f-2005e393b09d","position_uuid":"d40580d0-3f3e-4f8a-9b88-e1d2220da8fe","miner_hotkey":"5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t","trade_pair":"EURCHF","order_type":"SHORT","leverage":-0.0062500000000000056,"price":0.9773,"processed_ms":1711443744885}
        """;

    [Fact]
    public void Parse_Order_KeepsEveryDecimal()
    {
        var order = OrderReader.Parse(1, Good).Order!;

        Assert.Equal(Guid.Parse("cf5419db-926d-4d7c-a13f-2005e393b09d"), order.OrderUuid);
        Assert.Equal(new PositionKey("5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t", "EURCHF"), order.Key());
        Assert.Equal(OrderType.Short, order.OrderType);
        Assert.Equal(-0.0062500000000000056m, order.Leverage);
        Assert.Equal(0.9773m, order.Price);
        Assert.Equal(1711443744885, order.ProcessedMs);
    }

    [Fact]
    public void Line_ParsedOrder_IsTheSameText() => Assert.Equal(Good, OrderJson.Line(OrderReader.Parse(1, Good).Order!));

    [Fact]
    public void Parse_UnknownField_IsLeftOut() => Assert.NotNull(OrderReader.Parse(1, Good.Replace("{", """{"source":7,""")).Order);

    [Theory]
    [InlineData("\"price\":0.9773,", "", "price")]
    [InlineData("0.9773", "-1", "'price' is -1")]
    [InlineData("0.9773", "0.1234567890123456789", "18 decimals")]
    [InlineData("0.9773", "\"cheap\"", "'price'")]
    [InlineData("SHORT", "SIDEWAYS", "'order_type'")]
    [InlineData("SHORT", "LONG", "SHORT is below zero")]
    [InlineData("SHORT", "FLAT", "FLAT order has none")]
    [InlineData("-0.0062500000000000056", "-5000", "'leverage' is -5000")]
    [InlineData("cf5419db-926d-4d7c-a13f-2005e393b09d", "42", "'order_uuid'")]
    [InlineData("1711443744885", "-1", "'processed_ms' is -1")]
    [InlineData("5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t", "", "otkey")]
    [InlineData("5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t", "a:b", "otkey")]
    [InlineData("\"EURCHF\"", "null", "trade_pair")]
    [InlineData("}", "", "")]
    public void Parse_BrokenRule_SaysWhich(string part, string replacement, string complaint)
    {
        var line = OrderReader.Parse(7, Good.Replace(part, replacement));

        Assert.Null(line.Order);
        Assert.Equal(7, line.Number);
        Assert.Contains(complaint, line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("order 1")]
    public void Parse_NoObject_IsAnError(string line) => Assert.NotNull(OrderReader.Parse(1, line).Error);

    [Fact]
    public async Task ReadAsync_MalformedAndBlankLines_GoesOnWithTheNext()
    {
        using var input = new StringReader($"{Good}\n\n{{\n   \n{Good}");

        var lines = await OrderReader.ReadAsync(input).ToListAsync();

        Assert.Equal([1, 3, 5], lines.Select(line => line.Number));
        Assert.Equal([true, false, true], lines.Select(line => line.Order is not null));
    }
}
