using PgLocks.Benchmarks.Contenders;
using PgLocks.Benchmarks.Worker;
using Spectre.Console;

namespace PgLocks.Benchmarks.Report;

/// <summary>The rows on a terminal, a table a scenario and size.</summary>
internal static class TableReport
{
    internal static void Print(Results results)
    {
        foreach (IGrouping<(string Scenario, int Processes), Run> cell in results.Rows.GroupBy(row => (row.Scenario, row.Processes)))
        {
            var table = new Table().Border(TableBorder.Simple).Title($"[bold]{Markup.Escape(Title(cell.Key.Scenario, cell.First()))}[/]");
            foreach (string column in Columns.Names)
                table.AddColumn(new TableColumn(Markup.Escape(column)) { Alignment = column == Columns.Names[0] ? Justify.Left : Justify.Right, NoWrap = true });
            foreach (Run row in cell)
                table.AddRow([.. Columns.Of(results, row).Select(text => new Markup(row.Failure is null ? Markup.Escape(text) : $"[red]{Markup.Escape(text)}[/]"))]);
            AnsiConsole.Write(table);
        }
    }

    internal static string Title(string scenario, Run row) => $"{Scenarios.Title(scenario)} · {row.Processes} process(es) × {row.Tasks} task(s)";
}

/// <summary>The columns that terminal and Markdown share.</summary>
internal static class Columns
{
    internal static readonly string[] Names =
    [
        "contender", "op/s", "wait p50", "p95", "p99", "max", "longest", "hold p50", "B/op", "round trips/op", "server calls/op", "Jain", "× DL.Postgres", "× DL.Redis", "× raw",
    ];

    internal static string[] Of(Results results, Run row)
    {
        string name = ContenderNames.Title(row.Contender);
        if (row.Failure is not null)
            return [name, $"FAILURE: {row.Failure.Split('\n')[0]}", .. Enumerable.Repeat("", Names.Length - 2)];
        return
        [
            name, Units.Count(row.OperationsPerSecond),
            Units.Time(row.Wait.P50), Units.Time(row.Wait.P95), Units.Time(row.Wait.P99), Units.Time(row.Wait.Max), Units.Time(row.LongestWait), Units.Time(row.Hold.P50),
            Units.Small(row.AllocatedBytesPerOperation), Units.Small(row.RoundTripsPerOperation), Units.Small(row.ServerCallsPerOperation),
            row.Processes > 1 ? Units.Small(row.Jain) : "–",
            Units.Ratio(results.Ratio(row, ContenderNames.MedallionPostgres)), Units.Ratio(results.Ratio(row, ContenderNames.MedallionRedis)), Units.Ratio(results.Ratio(row, ContenderNames.Raw)),
        ];
    }
}
