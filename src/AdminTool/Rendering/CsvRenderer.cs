using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Rendering;

/// <summary>For spreadsheets (RFC 4180): a header, then the first list's rows, or the facts as one row.</summary>
internal sealed class CsvRenderer(Streams streams) : IRenderer
{
    public void Write(Report report)
    {
        if (report.Plain is not null)
        {
            streams.Out.Write(report.Plain);
            return;
        }
        if (report.Listings is [var listing, ..])
        {
            var shown = listing.ColumnsFor(Audience.Programs).ToList();
            WriteLine(shown.Select(index => (object?)listing.Columns[index].Name));
            foreach (var row in listing.Rows)
                WriteLine(shown.Select(index => row[index]));
        }
        else
        {
            var facts = report.Facts.Where(fact => fact.For.HasFlag(Audience.Programs)).ToList();
            WriteLine(facts.Select(fact => (object?)fact.Name));
            WriteLine(facts.Select(fact => fact.Value));
        }
    }

    public void Write(ToolException failure) => TableRenderer.WriteFailure(failure, streams.Error);

    private void WriteLine(IEnumerable<object?> cells) => streams.Out.Write(string.Join(',', cells.Select(CsvCell.Format)) + "\r\n");
}
