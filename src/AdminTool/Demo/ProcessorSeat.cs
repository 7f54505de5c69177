using OrderProcessor;

namespace PgLocks.AdminTool.Demo;

/// <summary>
/// One of the demo's processors: fed from the shared stream, and started again when it was killed. The successor is fed what its
/// predecessor left unanswered, as a message broker would deliver it again.
/// </summary>
internal sealed class ProcessorSeat(int number, ProcessorProgram program, OrderStream stream, int window, Action<ProcessorSeat> onAnswer, Action<string> say)
{
    private const int LongestComplaint = 200;

    private ProcessorProcess? _process;

    /// <summary>What the kill left behind; null when it was not killed.</summary>
    public KilledProcessor? Killed { get; private set; }

    /// <exception cref="ToolException">The processor ended by itself.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyCollection<Order> redelivered = [];
        while (true)
        {
            var room = new SemaphoreSlim(window);
            await using var process = new ProcessorProcess(program.Start(), answer => OnAnswer(answer, room), complaint => say($"Processor {number}: {Shortened(complaint)}"));
            _process = process;
            var isFed = await FeedAllAsync(process, redelivered, room, cancellationToken);
            var exitCode = await process.WaitForExitAsync(cancellationToken);
            if (isFed && exitCode is 0 or 1)
                return;
            if (Killed is not { IsReplaced: false } killed)
                throw Ended(process, exitCode);
            redelivered = process.Unanswered;
            Killed = killed with { Unanswered = redelivered.Count, IsReplaced = true };
            say($"Processor {number} starts again: {redelivered.Count} orders that it left unanswered are delivered once more");
        }
    }

    /// <summary>SIGKILL, in the middle of its work.</summary>
    public void Kill()
    {
        Killed = new KilledProcessor(number, _process!.Id, stream.Answered, stream.Elapsed, 0, false);
        _process.Kill();
        say($"Processor {number} (pid {_process.Id}) killed with SIGKILL after {Killed.OrdersBefore:#,0} orders");
    }

    private ToolException Ended(ProcessorProcess process, int exitCode) => new(
        ExitCode.Refused, "processor_ended", $"Order processor {number} (pid {process.Id}) ended with exit code {exitCode}: {process.LastComplaint}",
        "Mend what it complains about and run the demo again.");

    private void OnAnswer(string answer, SemaphoreSlim room)
    {
        room.Release();
        stream.Count(answer);
        onAnswer(this);
    }

    private static string Shortened(string complaint) => complaint.Length > LongestComplaint ? complaint[..LongestComplaint] + "…" : complaint;

    // False when the process ended before it was fed all.
    private async Task<bool> FeedAllAsync(ProcessorProcess process, IEnumerable<Order> redelivered, SemaphoreSlim room, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, process.Ended);
        try
        {
            foreach (var order in redelivered)
            {
                await room.WaitAsync(either.Token);
                await process.FeedAsync(order, either.Token);
            }
            while (true)
            {
                await room.WaitAsync(either.Token);
                if (!stream.TryTake(out var order))
                    break;
                await process.FeedAsync(order, either.Token);
            }
            process.EndInput();
            return true;
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
