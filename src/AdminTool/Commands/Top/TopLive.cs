using System.Runtime.InteropServices;
using System.Threading.Channels;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>The live screen: keys, news from the server and changes of the terminal's size come in one line and are answered one by one.</summary>
internal sealed class TopLive(Invocation call, TopSource source, TopView view, TimeSpan interval)
{
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>();
    private readonly Channel<bool> _hurry = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private TopFrame? _latest;
    private TopScreen? _screen;
    private volatile object? _slot;

    /// <summary>Until q or Ctrl-C.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var resized = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _events.Writer.TryWrite(Resized.Now));
        var first = await source.ReadAsync(cancellationToken);
        if (Keyboard.IsThere(call.Streams))
            Keyboard.ReadInto(_events.Writer, key => (object)key);
        using var terminal = new TerminalScreen(call.Streams.Out);
        Show(terminal, first);
        var sampling = SampleAsync(ending.Token);
        try
        {
            await foreach (var happened in _events.Reader.ReadAllAsync(ending.Token))
            {
                if (!Show(terminal, happened))
                    break;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how many people end it.
        }
        _events.Writer.TryComplete();
        await ending.CancelAsync();
        await sampling;
    }

    /// <summary>False: it is the end.</summary>
    private bool Show(TerminalScreen terminal, object happened)
    {
        switch (happened)
        {
            case ConsoleKeyInfo key:
                if (!view.Press(key, _screen!.Rows))
                    return false;
                _slot = view.Slot;
                if (view.Slot is not null && _screen.Detail?.Slot != view.Slot)
                    _hurry.Writer.TryWrite(true);
                _screen = (view.IsPaused ? _screen : _screen with { Frame = _latest! }) with { View = view };
                break;
            case TopFrame frame:
                _latest = frame;
                _screen = _screen is null ? new TopScreen(frame, null, view, null) : _screen with { Frame = view.IsPaused ? _screen.Frame : frame, Problem = null };
                break;
            case TopSlot detail:
                if (!view.IsPaused || _screen!.Detail?.Slot != detail.Slot)
                    _screen = _screen! with { Detail = detail };
                break;
            case ToolException problem:
                _screen = _screen! with { Problem = problem.Message };
                break;
        }
        terminal.Draw(_screen!.Draw);
        return true;
    }

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await PauseAsync(cancellationToken);
            try
            {
                _events.Writer.TryWrite(await source.ReadAsync(cancellationToken));
                if (_slot is int slot)
                    _events.Writer.TryWrite(await source.ReadAsync(slot, cancellationToken));
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (ServerErrors.Translate(exception, call) is { } failure)
            {
                _events.Writer.TryWrite(failure);
            }
        }
    }

    /// <summary>For the interval, or until a slot is to be looked into.</summary>
    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(interval, call.Time, enough.Token), _hurry.Reader.ReadAsync(enough.Token).AsTask());
        await enough.CancelAsync();
    }

    private sealed class Resized
    {
        public static readonly Resized Now = new();
    }
}
