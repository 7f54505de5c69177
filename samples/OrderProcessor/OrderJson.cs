using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderProcessor;

/// <summary>Orders as JSON lines, in the names and spellings of the trading network.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters = [typeof(OrderTypeConverter)])]
[JsonSerializable(typeof(Order))]
public sealed partial class OrderJson : JsonSerializerContext
{
    public static string Line(Order order) => JsonSerializer.Serialize(order, Default.Order);

    private sealed class OrderTypeConverter() : JsonStringEnumConverter<OrderType>(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false);
}
