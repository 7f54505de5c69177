using System.Text;
using CsCheck;
using OrderProcessor;

namespace PgLocks.Tests.Fuzz;

public sealed class OrderLineFuzzTests
{
    private const string Good =
        """{"order_uuid":"cf5419db-926d-4d7c-a13f-2005e393b09d","position_uuid":"d40580d0-3f3e-4f8a-9b88-e1d2220da8fe","miner_hotkey":"5GhC","trade_pair":"EURCHF","order_type":"SHORT","leverage":-0.5,"price":0.9773,"processed_ms":1711443744885}""";

    private static readonly string[] Values =
    [
        "null", "true", "{}", "[]", "[[[[[[", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\u202e\"", "0", "-0", "-1", "1e999", "1e-999", "-1e400", "79228162514264337593543950336", "0.1", "1E2", "01", "NaN", "Infinity",
        "9223372036854775808", "99999999999999999999999999999999", "\"LONG\"", "\"long\"", "\"FLAT\"", "0.00000000000000000000000000001", "1000", "1000.00000000000000000001", "\"x", "",
        new string('[', 100), $"\"{new string('x', 10_000)}\"",
    ];

    private static readonly string[] Fields = ["order_uuid", "position_uuid", "miner_hotkey", "trade_pair", "order_type", "leverage", "price", "processed_ms"];

    private static readonly string[] Leverages = ["1000", "-1000", "999.99999999999999999999", "-999.99999999999999999999", "0.00000000000000000001", "-0.00000000000000000001", "0.5", "0"];

    private static readonly string[] Prices = ["1000000000", "999999999.999999999999999999", "0.000000000000000001", "1"];

    private static readonly Gen<string> OtherValue = Gen.Select(Gen.OneOf(Fields), Gen.OneOf(Values), Replaced);

    /// <summary>A good line with some of its text cut out, doubled, or replaced by something else.</summary>
    private static readonly Gen<string> Mutilated = Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, 12], Texts.Any, (at, length, text) =>
        Good[..at] + text + Good[Math.Min(Good.Length, at + length)..]);

    private static readonly Gen<string> Line = Gen.Frequency((3, OtherValue), (3, Mutilated), (1, Texts.Any));

    [Fact]
    public void Parse_AnyLine_IsAnOrderOrSaysWhyNot() => Line.Sample(
        text =>
        {
            var line = OrderReader.Parse(7, text);
            Assert.True(line.Order is null ^ line.Error is null);
            if (line.Error is { } error)
            {
                Assert.NotEmpty(error);
                Assert.True(Texts.IsPlain(error), $"{error} of {text}");
                Assert.InRange(error.Length, 1, 1000);
            }
        },
        iter: 20_000);

    [Fact]
    public void Of_AnyOrdersThatPass_AddUp() => Gen.Select(Gen.OneOf(Leverages), Gen.OneOf(Prices)).Array[1, 20].Sample(
        numbers =>
        {
            var orders = numbers.Select((number, i) => OrderReader.Parse(1, LineOf(i, number.Item1, number.Item2)).Order!).ToList();
            Assert.All(orders, order => Assert.Equal(order, OrderReader.Parse(1, OrderJson.Line(order)).Order));
            var position = Assert.Single(Replay.Of(orders).Values);
            Assert.Equal(orders.Count, position.OrderCount);
            Assert.Equal(orders.Sum(order => order.Leverage), position.NetLeverage);
            Assert.True(position.NetLeverage != 0 || position.AverageEntryPrice is null);
        },
        iter: 2_000);

    [Fact]
    public async Task ReadAsync_AnyBytes_ReadsToTheEnd() => await Gen.Byte.Array[0, 200].SampleAsync(
        async bytes =>
        {
            using var input = new StreamReader(new MemoryStream([(byte)'\n', .. bytes, .. Encoding.UTF8.GetBytes($"\n{Good}\n")]));
            OrderLine last = default;
            await foreach (var line in OrderReader.ReadAsync(input))
                last = line;
            Assert.NotNull(last.Order);
        },
        iter: 1_000);

    private static string LineOf(int number, string leverage, string price)
    {
        var type = leverage == "0" ? "FLAT" : leverage[0] == '-' ? "SHORT" : "LONG";
        return Good.Replace("cf5419db", $"{number:x8}").Replace("SHORT", type).Replace("-0.5", leverage).Replace("0.9773", price);
    }

    private static string Replaced(string field, string value)
    {
        var begin = Good.IndexOf(field, StringComparison.Ordinal) + field.Length + 2;
        var end = Good.IndexOfAny([',', '}'], begin);
        return Good[..begin] + value + Good[end..];
    }
}
