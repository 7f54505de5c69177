using PgLocks.AdminTool.CommandLine;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace PgLocks.AdminTool.Rendering;

/// <summary>For people.</summary>
internal sealed class TableRenderer(Streams streams) : IRenderer
{
    public void Write(Report report)
    {
        var console = Consoles.For(streams.Out);
        if (report.Plain is not null)
            streams.Out.Write(report.Plain);
        foreach (var part in Parts(report, console.Profile.Width))
            console.Write(part);
    }

    public void Write(ToolException failure) => WriteFailure(failure, streams.Error);

    /// <summary>The same on standard error for every format that is no JSON.</summary>
    public static void WriteFailure(ToolException failure, TextWriter error)
    {
        var console = Consoles.For(error);
        console.Write(new Text("error: ", new Style(Color.Red)));
        console.Write(new Text(TerminalText.Escape(failure.Message) + "\n"));
        console.Write(new Text($"next:  {TerminalText.Escape(failure.Next)}\n"));
    }

    private static IEnumerable<IRenderable> Parts(Report report, int width)
    {
        var facts = report.Facts.Where(fact => fact.For.HasFlag(Audience.People)).ToList();
        if (facts.Count > 0)
            yield return DrawFacts(facts);
        if (report.Drawing is not null)
            yield return report.Drawing;
        foreach (var listing in report.Drawing is null ? report.Listings : report.Listings.Skip(1))
        {
            if (listing.Title is not null)
                yield return new Text($"{listing.Title}\n", new Style(decoration: Decoration.Bold));
            if (listing.Rows.Count > 0)
                yield return ListingTable.Draw(listing, width);
            else if (listing.Empty.Length > 0)
                yield return Line(listing.Empty);
        }
        if (report.Message is not null)
            yield return Line(report.Message);
    }

    private static Grid DrawFacts(List<Fact> facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var fact in facts)
            grid.AddRow(new Text(fact.Title, new Style(decoration: Decoration.Dim)), new Text(Cells.Show(fact.Value, fact.Kind)));
        return grid;
    }

    private static Text Line(string sentence) => new(TerminalText.Escape(sentence) + "\n");
}
