using System.Collections.Concurrent;

namespace PgLocks.AdminTool.Demo;

/// <summary>The processors at work on the shared stream; one of them is killed on the way.</summary>
internal sealed class DemoTraffic
{
    private const double KillAfter = 0.4;
    private const int WindowPerTask = 3;

    private readonly OrderStream _stream;
    private readonly ProcessorSeat[] _seats;
    private readonly ConcurrentQueue<string> _news = new();
    private readonly int _killAt;
    private int _kills;

    public DemoTraffic(DemoOptions options, string connectionString, OrderStream stream)
    {
        _stream = stream;
        _killAt = (int)(stream.Total * KillAfter);
        var program = new ProcessorProgram(connectionString, options);
        _seats = [.. Enumerable.Range(1, options.Processes).Select(number =>
            new ProcessorSeat(number, program, stream, options.Tasks * WindowPerTask, KillWhenDue, _news.Enqueue))];
    }

    public OrderStream Stream => _stream;

    /// <summary>Null when the stream was too short.</summary>
    public KilledProcessor? Killed => _seats.Select(seat => seat.Killed).SingleOrDefault(killed => killed is { IsReplaced: true });

    /// <summary>What happened since it was asked last.</summary>
    public IEnumerable<string> News()
    {
        while (_news.TryDequeue(out var line))
            yield return line;
    }

    /// <exception cref="ToolException">A processor ended by itself; the others are ended too.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var seats = _seats.Select(seat => seat.RunAsync(all.Token)).ToList();
        var first = await Task.WhenAny(Task.WhenAll(seats), FirstFailureAsync(seats));
        if (first.IsFaulted || first.IsCanceled)
            await all.CancelAsync();
        await Task.WhenAll(seats).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private static async Task FirstFailureAsync(List<Task> seats)
    {
        var open = seats.ToList();
        while (open.Count > 0)
        {
            var ended = await Task.WhenAny(open);
            await ended;
            open.Remove(ended);
        }
    }

    // The one that has just answered: it is in the middle of its other orders.
    private void KillWhenDue(ProcessorSeat seat)
    {
        if (_stream.Answered >= _killAt && Interlocked.Exchange(ref _kills, 1) == 0)
            seat.Kill();
    }
}
