using OrderProcessor;
using OrderProcessor.Generator;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Demo;

/// <summary>A file of orders that goes with the test.</summary>
internal sealed class OrderFile : IDisposable
{
    public const int RealOrders = 331;

    private readonly bool _isOwn;

    private OrderFile(string path, bool isOwn)
    {
        Path = path;
        _isOwn = isOwn;
    }

    public string Path { get; }

    public static OrderFile Of(params IEnumerable<string> lines)
    {
        var path = System.IO.Path.GetTempFileName();
        File.WriteAllLines(path, lines);
        return new OrderFile(path, isOwn: true);
    }

    public static OrderFile Generated(int count, int seed = 1) => Of(Lines(count, seed));

    public static IEnumerable<string> Lines(int count, int seed = 1) => new OrderGenerator(seed).Take(count).Select(OrderJson.Line);

    /// <summary>The real orders, where they lie beside the checkout; else as many generated ones.</summary>
    public static OrderFile Real() => SharedData.Find("orders.jsonl") is { } path ? new OrderFile(path, isOwn: false) : Generated(RealOrders);

    public void Dispose()
    {
        if (_isOwn)
            File.Delete(Path);
    }
}
