using System.Globalization;
using System.Security;
using System.Text;
using PgLocks.Benchmarks.Contenders;

namespace PgLocks.Benchmarks.Report;

/// <summary>Operations a second as bars, on a logarithmic scale since they differ by powers of ten.</summary>
internal static class SvgChart
{
    private const int Width = 960;
    private const int Left = 150;
    private const int Right = 90;
    private const int BarHeight = 13;
    private const int GroupGap = 14;
    private const int Top = 78;
    private const int Bottom = 34;

    private static readonly Dictionary<string, string> Colours = new()
    {
        [ContenderNames.Adaptive] = "#1b6ca8",
        [ContenderNames.AdaptiveLargePool] = "#6aaed6",
        [ContenderNames.Off] = "#9ecae1",
        [ContenderNames.Raw] = "#bdbdbd",
        [ContenderNames.MedallionPostgres] = "#e6862c",
        [ContenderNames.MedallionRedis] = "#c0392b",
    };

    internal static string Draw(Results results)
    {
        IGrouping<(string Scenario, int Processes, int Tasks), Run>[] groups =
            [.. results.Rows.Where(row => row.OperationsPerSecond > 0 || row.Failure is not null).GroupBy(row => (row.Scenario, row.Processes, row.Tasks))];
        int height = Top + Bottom + groups.Sum(group => group.Count() * BarHeight + GroupGap);
        double decades = Math.Max(1, Math.Ceiling(Math.Log10(groups.SelectMany(group => group).Select(row => row.OperationsPerSecond).DefaultIfEmpty(10).Max())) - 1);
        var svg = new StringBuilder();
        svg.Append(FormattableString.Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n"));
        svg.Append(FormattableString.Invariant($"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fff\"/>\n"));
        svg.Append("<text x=\"12\" y=\"22\" font-size=\"15\" font-weight=\"bold\">Operations a second over all processes (logarithmic scale)</text>\n");
        svg.Append(FormattableString.Invariant($"<text x=\"12\" y=\"38\" fill=\"#666\">{Escape($"{results.Setting.Processor}, {results.Setting.Cores} cores, PostgreSQL {results.Setting.Postgres}, {results.Setting.Date}")}</text>\n"));
        Legend(svg, results);
        Grid(svg, decades, height);
        int y = Top;
        foreach (IGrouping<(string Scenario, int Processes, int Tasks), Run> group in groups)
        {
            int middle = y + group.Count() * BarHeight / 2 + 4;
            svg.Append(FormattableString.Invariant($"<text x=\"{Left - 8}\" y=\"{middle}\" text-anchor=\"end\">{Escape($"{group.Key.Scenario}, {group.Key.Processes} × {group.Key.Tasks}")}</text>\n"));
            foreach (Run row in group)
            {
                Bar(svg, row, y, decades);
                y += BarHeight;
            }
            y += GroupGap;
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static void Bar(StringBuilder svg, Run row, int y, double decades)
    {
        double end = row.Failure is null ? X(row.OperationsPerSecond, decades) : Left;
        string label = row.Failure is null ? row.OperationsPerSecond.ToString("N0", CultureInfo.InvariantCulture) : "FAILURE";
        svg.Append(FormattableString.Invariant($"<rect x=\"{Left}\" y=\"{y}\" width=\"{end - Left:0.#}\" height=\"{BarHeight - 2}\" fill=\"{Colours[row.Contender]}\"><title>{Escape(ContenderNames.Title(row.Contender))}: {label}</title></rect>\n"));
        svg.Append(FormattableString.Invariant($"<text x=\"{end + 5:0.#}\" y=\"{y + BarHeight - 4}\" font-size=\"10\">{label}</text>\n"));
    }

    private static void Legend(StringBuilder svg, Results results)
    {
        double x = 12;
        foreach (string name in ContenderNames.All.Where(name => results.Rows.Any(row => row.Contender == name)))
        {
            string title = ContenderNames.Title(name);
            svg.Append(FormattableString.Invariant($"<rect x=\"{x}\" y=\"47\" width=\"10\" height=\"10\" fill=\"{Colours[name]}\"/><text x=\"{x + 14}\" y=\"56\">{Escape(title)}</text>\n"));
            x += 30 + title.Length * 6.2;
        }
    }

    private static void Grid(StringBuilder svg, double decades, int height)
    {
        for (int decade = 0; decade <= decades; decade++)
        {
            double value = Math.Pow(10, decade + 1);
            double x = X(value, decades);
            svg.Append(FormattableString.Invariant($"<line x1=\"{x:0.#}\" y1=\"{Top - 6}\" x2=\"{x:0.#}\" y2=\"{height - Bottom}\" stroke=\"#ddd\"/><text x=\"{x:0.#}\" y=\"{height - Bottom + 16}\" text-anchor=\"middle\" fill=\"#666\">{value:N0}</text>\n"));
        }
    }

    /// <summary>The scale begins at 10.</summary>
    private static double X(double value, double decades) => Left + Math.Max(0, Math.Log10(Math.Max(10, value)) - 1) / decades * (Width - Left - Right);

    private static string Escape(string text) => SecurityElement.Escape(text);
}
