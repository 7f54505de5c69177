using System.Collections.Concurrent;
using OrderProcessor;

namespace PgLocks.AdminTool.Demo;

/// <summary>
/// The one stream that all processors share: whoever has room takes the next order, so orders of one position end up in different
/// processes and meet there. Counts what comes back.
/// </summary>
internal sealed class OrderStream(IReadOnlyCollection<Order> orders, TimeProvider time)
{
    private readonly ConcurrentQueue<Order> _queue = new(orders);
    private long _firstAnswer;
    private long _lastAnswer;
    private int _applied;
    private int _repeated;
    private int _failed;

    public int Total { get; } = orders.Count;

    public int Answered => _applied + _repeated + _failed;

    /// <summary>Committed before the processor that answered for it came to it: its predecessor was killed between commit and answer.</summary>
    public int Repeated => _repeated;

    public int Failed => _failed;

    /// <summary>Between the first and the last answer.</summary>
    public TimeSpan Elapsed => _firstAnswer == 0 ? TimeSpan.Zero : time.GetElapsedTime(_firstAnswer, _lastAnswer);

    public bool TryTake(out Order order) => _queue.TryDequeue(out order!);

    public void Count(string answer)
    {
        var now = time.GetTimestamp();
        Interlocked.CompareExchange(ref _firstAnswer, now, 0);
        Interlocked.Exchange(ref _lastAnswer, now);
        switch (answer)
        {
            case "applied": Interlocked.Increment(ref _applied); break;
            case "repeated": Interlocked.Increment(ref _repeated); break;
            default: Interlocked.Increment(ref _failed); break;
        }
    }
}
