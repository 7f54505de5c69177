using PgLocks.AdminTool.Rendering;
using Spectre.Console;

namespace PgLocks.AdminTool.Demo;

/// <summary>The result for people: speed, locks, and the proof last.</summary>
internal sealed class DemoSummary(TextWriter writer)
{
    private const int ShownDifferences = 3;

    private readonly IAnsiConsole _console = Consoles.For(writer);

    public void Write(DemoResult result)
    {
        if (result.Locks is { } locks)
        {
            WriteTimes(locks.Totals);
            WriteHottest(locks.Hottest);
        }
        WriteFacts(result);
        if (result.Options.UseLocks)
            WriteProof(result);
        else
            WriteLosses(result.Proof);
    }

    private void WriteTimes(LockTotals totals)
    {
        var table = NewTable("", "p50", "p95", "p99", "max");
        table.AddRow(Row("wait for a lock", totals.WaitP50Ns, totals.WaitP95Ns, totals.WaitP99Ns, totals.WaitMaxNs));
        table.AddRow(Row("hold of a lock", totals.HoldP50Ns, totals.HoldP95Ns, totals.HoldP99Ns, totals.HoldMaxNs));
        _console.Write(table);
    }

    private void WriteHottest(IReadOnlyList<HotKey> hottest)
    {
        var table = NewTable("hottest positions", "slot", "acquired", "wait p50", "wait p99", "hold p99");
        foreach (var key in hottest)
        {
            table.AddRow(
                new Text(TerminalText.Escape($"{Shortened(key.Hotkey)}/{key.Pair}")), new Text($"{key.Slot}"), new Text($"{key.Acquired:#,0}"),
                Time(key.WaitP50Ns), Time(key.WaitP99Ns), Time(key.HoldP99Ns));
        }
        _console.Write(table);
    }

    private void WriteFacts(DemoResult result)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().Padding(2, 0, 2, 0)).AddColumn(new GridColumn().PadLeft(0));
        foreach (var (title, text) in DemoFacts.Of(result))
            grid.AddRow(new Text(title, new Style(decoration: Decoration.Bold)), new Text(text));
        _console.Write(grid);
        _console.WriteLine();
    }

    private void WriteProof(DemoResult result)
    {
        var proof = result.Proof;
        if (proof.IsEqual)
            Verdict(true, $"All {proof.Positions:#,0} positions equal a single-threaded replay, to the last decimal; {proof.Recorded:#,0} orders, each applied exactly once.");
        else
            Verdict(false, $"{proof.Differences.Count:#,0} of {proof.Positions:#,0} positions differ from a single-threaded replay.");
        WriteDifferences(proof);
    }

    private void WriteLosses(Proof proof)
    {
        if (proof.LostUpdates > 0)
            Verdict(false, $"{proof.LostUpdates:#,0} updates are lost without locks: {proof.Differences.Count:#,0} of {proof.Positions:#,0} positions differ from a single-threaded replay.");
        else
            Verdict(true, "No update was lost this time, by luck: raise --tasks or --work-ms.");
        WriteDifferences(proof);
    }

    private void WriteDifferences(Proof proof)
    {
        foreach (var difference in proof.Differences.Take(ShownDifferences))
            _console.WriteLine($"  {difference.PositionUuid}: {TerminalText.Escape(Told(difference))}");
    }

    private void Verdict(bool isGood, string sentence)
    {
        _console.Write(new Text(isGood ? "✓ " : "✗ ", new Style(isGood ? Color.Green : Color.Red, decoration: Decoration.Bold)));
        _console.Write(new Text(sentence + "\n", new Style(decoration: Decoration.Bold)));
    }

    private static Table NewTable(params string[] titles)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var (index, title) in titles.Index())
        {
            var column = new TableColumn(new Text(title, new Style(decoration: Decoration.Bold))).NoWrap();
            table.AddColumn(index == 0 ? column : column.RightAligned());
        }
        return table;
    }

    private static Text[] Row(string title, params long[] nanoseconds) => [new(title), .. nanoseconds.Select(Time)];

    private static Text Time(long nanoseconds) => new(Durations.Show(nanoseconds));

    private static string Told(Difference difference) =>
        $"{difference.LostUpdates} of {difference.Expected?.OrderCount ?? 0} orders lost in {difference.Pair}, "
        + $"net leverage {Leverage(difference.Found)} instead of {Leverage(difference.Expected)}";

    private static string Leverage(OrderProcessor.Position? position) => position is null ? "none" : $"{position.NetLeverage}";

    private static string Shortened(string hotkey) => hotkey.Length > 16 ? $"{hotkey[..8]}…{hotkey[^4..]}" : hotkey;
}
