using Spectre.Console;

namespace PgLocks.Benchmarks.Report;

/// <summary>The targets on a terminal.</summary>
internal static class TargetReport
{
    internal static void Print(IReadOnlyList<TargetLine> targets)
    {
        var table = new Table().Border(TableBorder.Simple).Title("[bold]To reach[/]").AddColumns("what", "target", "measured", "");
        foreach (TargetLine line in targets)
        {
            string colour = line.Reached switch { true => "green", false => "red", null => "grey" };
            table.AddRow(Markup.Escape(line.What), Markup.Escape(line.Target), Markup.Escape(line.Measured), $"[{colour}]{line.Verdict}[/]");
        }
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"{targets.Count(line => line.Reached == true)} reached, {targets.Count(line => line.Reached == false)} missed, {targets.Count(line => line.Reached is null)} not measured.");
    }
}
