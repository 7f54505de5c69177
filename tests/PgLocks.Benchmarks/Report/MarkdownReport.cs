using System.Text;

namespace PgLocks.Benchmarks.Report;

/// <summary>The same tables for people, to be committed.</summary>
internal static class MarkdownReport
{
    internal static string Write(Results results, IReadOnlyList<TargetLine> targets)
    {
        var text = new StringBuilder("# PgLocks beside its peers\n\n");
        foreach (string line in results.Setting.ToText().Split('\n'))
            text.Append("- ").Append(line).Append('\n');
        text.Append(FormattableString.Invariant($"""

            Runs of {results.Options.Seconds} s after a warm-up of {results.Options.WarmUpSeconds(1)} s ({results.Options.WarmUpSeconds(2)} s where several processes share slots), {results.Options.Rounds} round(s),
            contenders interleaved; a row is the round with the median throughput, `longest` the longest wait of all rounds, waits cut off by the end included. Every run is checked by a witness outside the database. Contenders: PgLocks with telemetry and
            fencing tokens; raw Npgsql with a connection a task and prepared `pg_advisory_lock` / `pg_advisory_unlock`; DistributedLock.Postgres with its defaults and keys made
            from names; DistributedLock.Redis with its defaults on one server without persistence. Only PgLocks maps keys to a bounded pool of slots.
            Every wait is timed; of acquires that are granted at once, one in 16. Round trips are counted by the client (heartbeats included), server calls by `pg_stat_statements` (telemetry included).

            ![Operations a second](compare.svg)

            ## To reach

            | what | target | measured | |
            |---|---|---|---|

            """));
        foreach (TargetLine line in targets)
            text.Append($"| {line.What} | {line.Target} | {line.Measured} | {line.Verdict} |\n");
        foreach (IGrouping<(string Scenario, int Processes), Run> cell in results.Rows.GroupBy(row => (row.Scenario, row.Processes)))
        {
            text.Append($"\n## {TableReport.Title(cell.Key.Scenario, cell.First())}\n\n| {string.Join(" | ", Columns.Names)} |\n");
            text.Append('|').Append(string.Concat(Enumerable.Repeat("---|", Columns.Names.Length))).Append('\n');
            foreach (Run row in cell)
                text.Append($"| {string.Join(" | ", Columns.Of(results, row))} |\n");
        }
        return text.ToString();
    }
}
