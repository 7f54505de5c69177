using System.Globalization;
using System.Text;

namespace PgLocks.FaultTests.Report;

/// <summary>The report as a page of the documentation: where it was run, what was done, and what came of it.</summary>
internal static class MarkdownReport
{
    /// <summary>Of one line of a list: an exception with all its frames would hide the others.</summary>
    private const int MostCharacters = 240;

    private const int MostLate = 20;

    internal static string Of(RunReport report, RunSetting setting)
    {
        var text = new StringBuilder();
        Line($"# {report.Minutes:0} minutes of faults");
        Line();
        Line($"`{report.Command}`");
        Line();
        Line($"{setting}");
        Line();
        Table(["", ""],
        [
            ["faults injected", Text($"{report.Faults.Values.Sum():#,0}, which is {report.Faults.Values.Sum() / report.Minutes * 60:#,0} an hour")],
            ["increments acknowledged", Text($"{report.Acknowledged:#,0}, which is {report.Acknowledged / report.Minutes * 60:#,0} an hour; {report.InDoubt:#,0} more were sent without an answer")],
            ["leases", Text($"{report.Grants:#,0}; {report.Refusals:#,0} refusals, {report.Turns:#,0} turns since the last crash of the server")],
            ["processes", Text($"{report.Processes} at once, {report.Workers} started")],
            ["**violations of I1 to I7**", Text($"**{report.Violations.Count}**")],
            ["**processes that got stuck**", Text($"**{report.Stuck.Count}**")],
            ["meetings that are no violations", Text($"{report.StoodStill} of a section whose process had stood still past the deadline of its lease; {report.EndedTransactions} of one whose transaction, and with it the lock, the server had ended")],
            ["faults that could not be injected", Text($"{report.Missed.Count}")],
        ]);
        Line($"## Recovery");
        Line();
        Line($"Milliseconds, median / worst. Faults overlap; *measured* are those beside which nothing else hit the same process, or everybody.");
        Line();
        Table(["fault", "times", "measured", "detected", "next holder", "session gone", "recovered"], report.Faults.OrderBy(fault => fault.Key, StringComparer.Ordinal).Select(fault => Row(report, fault.Key, fault.Value)));
        Line($"## Targets");
        Line();
        Line($"Measured on faults beside which nothing else hit any process.");
        Line();
        Table(["time", "verdict", "measured"], report.Targets.Select(target => new[] { target.What, target.Verdict, target.MeasuredMs.Length > 0 ? target.Figures : "" }));
        Line($"Waits that timed out ended {Figures(report.Lateness)} after their timeout (median, p99, worst), while timers ran; the library had ended them after {Figures(report.LatenessOfEnd)}, and the rest is the way to their callers. Waits in a transaction of the caller's, which the server ends and answers: {Figures(report.LatenessByServer)}. All of them as their callers saw it, with the time for which their process ran no timer at all, because it stood still or because the fault had used up its thread pool: {Figures(report.LatenessSeen)}. A wait's end and the continuation of its caller need that pool.");
        Line();
        Line($"## Not run");
        Line();
        if (report.Impossible.Count == 0)
            Line($"Every kind could be run on this machine.");
        else
            Table(["fault", "why not on this machine"], report.Impossible.Select(fault => new[] { fault.Key, fault.Value }));
        List("Not injected", report.Missed);
        List("Late", [.. report.Late.TakeLast(MostLate)]);
        List("Stuck", report.Stuck);
        List("Violations", [.. report.Violations.Select(violation => $"{violation.Invariant}: {violation.What}")]);
        return text.ToString();

        void Line(FormattableString? line = null) => text.AppendLine(line?.ToString(CultureInfo.InvariantCulture));

        void Table(string[] heads, IEnumerable<string[]> rows)
        {
            foreach (var row in rows.Prepend([.. heads.Select(_ => "---")]).Prepend(heads))
                Line($"| {string.Join(" | ", row.Select(cell => cell.ReplaceLineEndings(" ").Replace('|', '/')))} |");
            Line();
        }

        void List(string what, IReadOnlyList<string> items)
        {
            if (items.Count == 0)
                return;
            Line($"{what}:");
            Line();
            foreach (var item in items)
                Line($"- {Short(item.ReplaceLineEndings(" "))}");
            Line();
        }
    }

    private static string[] Row(RunReport report, string fault, int times)
    {
        var recovery = report.Recoveries.FirstOrDefault(found => found.Fault == fault);
        return [fault, Text($"{times}"), Text($"{recovery?.Count ?? 0}"), .. new[] { recovery?.DetectedMs, recovery?.NextHolderMs, recovery?.SessionGoneMs, recovery?.RecoveredMs }.Select(TextReport.Pair)];
    }

    private static string Short(string line) => line.Length <= MostCharacters ? line : line[..MostCharacters] + " …";

    private static string Figures(double[] times) => Text($"{times[0]:0.0} ms, {times[1]:0.0} ms, {times[2]:0.0} ms");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
