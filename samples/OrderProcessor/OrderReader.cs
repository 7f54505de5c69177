using System.Runtime.CompilerServices;
using System.Text.Json;

namespace OrderProcessor;

/// <summary>A line of the stream: an order, or why it is none.</summary>
public readonly record struct OrderLine(int Number, Order? Order, string? Error);

/// <summary>Reads orders, one JSON object a line; blank lines are skipped, malformed ones are told and do not stop the stream.</summary>
public static class OrderReader
{
    private const int LongestReason = 300;

    public static async IAsyncEnumerable<OrderLine> ReadAsync(TextReader input, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var number = 1; ; number++)
        {
            // A read of standard input cannot be cancelled, but it need not be waited for.
            var line = await Task.Run(input.ReadLineAsync, cancellationToken).WaitAsync(cancellationToken);
            if (line is null)
                yield break;
            if (!string.IsNullOrWhiteSpace(line))
                yield return Parse(number, line);
        }
    }

    public static OrderLine Parse(int number, string line)
    {
        try
        {
            var order = JsonSerializer.Deserialize(line, OrderJson.Default.Order) ?? throw new JsonException("null is not an order");
            _ = order.Key();
            return OrderRules.Broken(order) is { } rule ? new OrderLine(number, null, rule) : new OrderLine(number, order, null);
        }
        catch (JsonException malformed)
        {
            return new OrderLine(number, null, Explain(malformed));
        }
        catch (ArgumentException key)
        {
            return new OrderLine(number, null, key.Message);
        }
    }

    // The serializer's own words end with a path and a line number, and its lines are not those of the stream.
    private static string Explain(JsonException malformed)
    {
        var reason = malformed.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0].TrimEnd('.');
        return Printable(malformed.Path is null or "$" ? reason : $"'{malformed.Path.Replace("$.", "", StringComparison.Ordinal)}': {reason}");
    }

    // It quotes the line, which may be very long, and hold what moves a terminal's cursor.
    private static string Printable(string text) =>
        string.Concat((text.Length > LongestReason ? text[..LongestReason] + "…" : text).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : $"{c}"));
}
