using OrderProcessor;
using OrderProcessor.Generator;

namespace PgLocks.AdminTool.Demo;

/// <summary>The orders that the demo replays, each once, and the lines of their file that are none.</summary>
internal sealed record DemoOrders(IReadOnlyList<Order> Orders, IReadOnlyList<OrderLine> Malformed)
{
    public static async Task<DemoOrders> LoadAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        if (options.Orders is null)
            return new DemoOrders([.. new OrderGenerator(options.Seed).Take(options.Count)], []);
        var orders = new List<Order>();
        var malformed = new List<OrderLine>();
        using var input = options.Orders.OpenText();
        await foreach (var line in OrderReader.ReadAsync(input, cancellationToken))
        {
            if (line.Order is { } order)
                orders.Add(order);
            else
                malformed.Add(line);
        }
        return new DemoOrders([.. orders.DistinctBy(order => order.OrderUuid)], malformed);
    }
}
