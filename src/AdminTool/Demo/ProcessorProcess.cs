using System.Collections.Concurrent;
using System.Diagnostics;
using OrderProcessor;

namespace PgLocks.AdminTool.Demo;

/// <summary>One running order processor: orders go in, answers come out. Disposing ends it.</summary>
internal sealed class ProcessorProcess : IAsyncDisposable
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly ConcurrentDictionary<Guid, Order> _unanswered = new();
    private readonly CancellationTokenSource _ended = new();
    private volatile string _lastComplaint = "it said nothing";
    private readonly Task _answers;
    private readonly Task _complaints;

    public ProcessorProcess(Process process, Action<string> onAnswer, Action<string> onComplaint)
    {
        _process = process;
        _answers = ReadAnswersAsync(onAnswer);
        _complaints = ReadErrorsAsync(onComplaint);
    }

    public int Id => _process.Id;

    /// <summary>Orders that it was fed and has not answered, in no order.</summary>
    public IReadOnlyCollection<Order> Unanswered => [.. _unanswered.Values];

    /// <summary>Cancelled when it has ended.</summary>
    public CancellationToken Ended => _ended.Token;

    public string LastComplaint => _lastComplaint;

    public async Task FeedAsync(Order order, CancellationToken cancellationToken)
    {
        _unanswered[order.OrderUuid] = order;
        await _process.StandardInput.WriteLineAsync(OrderJson.Line(order).AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
    }

    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Waits for its end and for the last of its answers.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_process.WaitForExitAsync(cancellationToken), _answers, _complaints).WaitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: it can do nothing about it.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            UnixSignal.Send(Id, UnixSignal.Terminate);
            using var patience = new CancellationTokenSource(DrainTimeout);
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (!_process.HasExited)
            _process.Kill();
        await WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _ended.Dispose();
    }

    private async Task ReadAnswersAsync(Action<string> onAnswer)
    {
        // Each line is "applied|repeated|failed ORDER_UUID".
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && Guid.TryParse(line.AsSpan(space + 1), out var order) && _unanswered.TryRemove(order, out _))
                onAnswer(line[..space]);
        }
        await _ended.CancelAsync();
    }

    private async Task ReadErrorsAsync(Action<string> onComplaint)
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _lastComplaint = line;
            onComplaint(line);
        }
    }
}
