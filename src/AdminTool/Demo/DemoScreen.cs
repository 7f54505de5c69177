using PgLocks.AdminTool.Rendering;
using Spectre.Console;

namespace PgLocks.AdminTool.Demo;

/// <summary>What is seen while the demo runs: a bar on a terminal, a line a second elsewhere.</summary>
internal sealed class DemoScreen(TextWriter writer, TimeProvider time)
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    private readonly IAnsiConsole _console = Consoles.For(writer);
    private readonly bool _isTerminal = Consoles.IsTerminal(writer);

    public void Done(string sentence) => Mark("✓", Color.Green, sentence);

    public void Warn(string sentence) => Mark("!", Color.Yellow, sentence);

    /// <summary>Shows how the traffic goes until it has ended, well or not.</summary>
    public async Task ShowAsync(DemoTraffic traffic, Task running)
    {
        if (_isTerminal)
            await Bar().StartAsync(bar => DrawAsync(traffic, running, bar));
        else
            await PrintAsync(traffic, running);
        await running;
    }

    private Progress Bar() => _console.Progress().AutoRefresh(false).AutoClear(true).Columns(
        new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());

    private async Task DrawAsync(DemoTraffic traffic, Task running, ProgressContext bar)
    {
        var task = bar.AddTask(Status(traffic.Stream), maxValue: Math.Max(1, traffic.Stream.Total));
        while (await TicksAsync(running, BarInterval))
        {
            PrintNews(traffic);
            task.Value = traffic.Stream.Answered;
            task.Description = Status(traffic.Stream);
            bar.Refresh();
        }
        PrintNews(traffic);
    }

    private async Task PrintAsync(DemoTraffic traffic, Task running)
    {
        while (await TicksAsync(running, LineInterval))
        {
            PrintNews(traffic);
            writer.WriteLine(Status(traffic.Stream));
        }
        PrintNews(traffic);
    }

    // False when the work is over.
    private async Task<bool> TicksAsync(Task running, TimeSpan interval) =>
        await Task.WhenAny(running, Task.Delay(interval, time)) != running;

    private void PrintNews(DemoTraffic traffic)
    {
        foreach (var line in traffic.News())
            Warn(line);
    }

    private static string Status(OrderStream stream) => stream.Elapsed == TimeSpan.Zero
        ? "The processors are starting"
        : $"{stream.Answered:#,0} of {stream.Total:#,0} orders, {stream.Answered / stream.Elapsed.TotalSeconds:#,0} a second";

    private void Mark(string mark, Color color, string sentence)
    {
        _console.Write(new Text(mark + " ", new Style(color)));
        _console.Write(new Text(TerminalText.Escape(sentence) + "\n"));
    }
}
