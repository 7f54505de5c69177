using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PgLocks.Benchmarks.Load;
using PgLocks.Benchmarks.Report;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>The comparison of ideas as Markdown and JSON.</summary>
internal static class IdeasReport
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static int Publish(IdeaTable table, Setting setting, bool isQuick, DirectoryInfo folder)
    {
        IdeaRow[] rows = [.. table.Ideas.Select(table.Row)];
        string markdown = Write(rows, table.Errors, setting, isQuick);
        folder.Create();
        File.WriteAllText(Path.Combine(folder.FullName, "ideas.md"), markdown);
        File.WriteAllText(Path.Combine(folder.FullName, "ideas.json"), JsonSerializer.Serialize(new { setting, quick = isQuick, rows, errors = table.Errors }, Readable) + "\n");
        Console.Write(markdown);
        Console.Error.WriteLine($"Written: {folder.FullName} (ideas.md, ideas.json)");
        return table.Errors.Count > 0 ? 1 : 0;
    }

    private static string Write(IdeaRow[] rows, List<string> errors, Setting setting, bool isQuick)
    {
        var text = new StringBuilder($"""
            # The ideas beside the old way

            `dotnet run -c Release --project tests/PgLocks.Benchmarks -- compare --ideas{(isQuick ? " --quick" : "")}`. Each round runs every idea once. A saving is what an acquire and release takes less than in the
            old way, with one process and keys that are known; a negative one is what it takes more. Claimed: what was expected of the idea before anything was measured.

            """);
        text.AppendLine().AppendLine("```").AppendLine(setting.ToText()).AppendLine("```").AppendLine();
        text.AppendLine("| idea | claimed | measured, by the mean | by the median | by the mean, against Python | mean | p50 | p95 | p99 |").AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (IdeaRow row in rows)
            text.AppendLine($"| {row.Title} | {row.Claim ?? "–"} | {Percent(row.Saving)} | {Percent(row.SavingOfMedian)} | {Percent(row.SavingAgainstPython)} | {Figures(row.Warm.Total)} |");
        Section(text, rows, "One process, known keys", row => row.Warm, isFirst: false);
        Section(text, rows, "One process, first touch of 1,000 keys", row => row.First, isFirst: true);
        Section(text, rows, "Two processes, one key", row => row.Contended, isFirst: false);
        text.AppendLine().AppendLine("""
            Look-up and creation are those of the lock object; wait ends with the grant; hold is the release alone, up to the backend's answer, since nothing is done
            meanwhile. PgLocks does not tell when the server has carried out a release, so its hold ends with the call. Stages are means.
            Where waiters poll, nothing makes a process let the other in: many short ones beside a long one. The longest also holds whatever else the machine did.
            """);
        foreach (string error in errors)
            text.AppendLine().AppendLine($"Failed: {error.Split('\n')[0]}");
        return text.ToString();
    }

    private static void Section(StringBuilder text, IdeaRow[] rows, string title, Func<IdeaRow, StageSummary> stages, bool isFirst)
    {
        text.AppendLine().AppendLine($"## {title}").AppendLine();
        text.AppendLine("| idea | look-up | creation | wait | hold | total: mean | p50 | p95 | p99 | longest | operations |").AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (IdeaRow row in rows)
        {
            StageSummary found = stages(row);
            string creation = isFirst ? Units.Time(found.Creation.Mean) : "–";
            text.AppendLine($"| {row.Title} | {Units.Time(found.LookUp.Mean)} | {creation} | {Units.Time(found.Wait.Mean)} | {Units.Time(found.Hold.Mean)} | {Figures(found.Total)} | {Units.Time(found.Total.Max)} | {Units.Count(found.Count)} |");
        }
    }

    private static string Figures(Summary total) => $"{Units.Time(total.Mean)} | {Units.Time(total.P50)} | {Units.Time(total.P95)} | {Units.Time(total.P99)}";

    private static string Percent(double? saving) => saving is { } part ? part.ToString("0.0 %", CultureInfo.InvariantCulture) : "–";
}
