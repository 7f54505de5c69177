using System.Globalization;
using System.Text;
using PgLocks.FaultTests.Check;

namespace PgLocks.FaultTests.Report;

/// <summary>A report for people.</summary>
internal static class TextReport
{
    private const int MostShown = 20;

    internal static string Of(RunReport report, History history)
    {
        var text = new StringBuilder();
        Line($"seed {report.Seed}, {report.Minutes:0.0} minutes, {report.Processes} processes at once ({report.Workers} started)");
        Line($"{report.Acknowledged:#,0} increments acknowledged, {report.InDoubt} sent without an answer; {report.Grants:#,0} leases, {report.Refusals:#,0} refusals, {report.Turns:#,0} turns");
        Line($"{report.Violations.Count} violations; {report.Stuck.Count} processes got stuck");
        Line($"meetings that are no violations: {report.StoodStill} of a section whose process had stood still past its lease's deadline, {report.EndedTransactions} of one whose transaction the server had ended");
        Line();
        Line($"{"fault",-20} {"times",5} {"measured",8}  {"detected",15}  {"next holder",15}  {"session gone",15}  {"recovered",15}   (median / worst, ms)");
        foreach (var recovery in report.Recoveries)
            Line($"{recovery.Fault,-20} {report.Faults[recovery.Fault],5} {recovery.Count,8}  {Pair(recovery.DetectedMs),15}  {Pair(recovery.NextHolderMs),15}  {Pair(recovery.SessionGoneMs),15}  {Pair(recovery.RecoveredMs),15}");
        Line();
        Line($"waits that timed out ended {report.Lateness[0]:0.0} ms (median), {report.Lateness[1]:0.0} ms (p99), {report.Lateness[2]:0.0} ms (worst) after their timeout, while timers ran; the library had ended them after {report.LatenessOfEnd[0]:0.0} ms, {report.LatenessOfEnd[1]:0.0} ms, {report.LatenessOfEnd[2]:0.0} ms");
        Line($"those in a transaction, which the server ends: {report.LatenessByServer[0]:0.0} ms, {report.LatenessByServer[1]:0.0} ms, {report.LatenessByServer[2]:0.0} ms");
        Line($"all as their callers saw it, with the time for which their process ran no timer: {report.LatenessSeen[0]:0.0} ms, {report.LatenessSeen[1]:0.0} ms, {report.LatenessSeen[2]:0.0} ms");
        foreach (var late in report.Late.TakeLast(MostShown))
            Line($"late: {late}");
        foreach (var target in report.Targets)
            Line($"{target}");
        foreach (var stuck in report.Stuck)
            Line($"stuck: {stuck}");
        foreach (var missed in report.Missed)
            Line($"not injected: {missed}");
        foreach (var (fault, obstacle) in report.Impossible)
            Line($"not possible here: {fault}: {obstacle}");
        foreach (var violation in report.Violations.Take(MostShown))
        {
            Line();
            Line($"{violation.Invariant}: {violation.What}");
            foreach (var entry in history.Around(violation))
                text.Append("    worker ").Append(entry.Worker).Append('\t').Append(entry.ToLine());
        }
        return text.ToString();

        void Line(FormattableString? line = null) => text.AppendLine(line?.ToString(CultureInfo.InvariantCulture));
    }

    internal static string Pair(double[]? times) =>
        times is not { Length: > 0 } ? "-" : string.Create(CultureInfo.InvariantCulture, $"{times[(times.Length - 1) / 2]:0} / {times[^1]:0}");
}
