using Spectre.Console;
using Spectre.Console.Rendering;

namespace PgLocks.AdminTool.Rendering;

/// <summary>A list on a part of the screen: one line a row, as many columns as stand side by side, as many rows as there is room for.</summary>
internal static class FittedTable
{
    private const int Gap = 2;

    private static readonly Style Header = new(decoration: Decoration.Bold | Decoration.Underline);
    private static readonly Style Marked = new(decoration: Decoration.Invert);

    /// <param name="listing">With at least one row.</param>
    /// <param name="width">In characters.</param>
    /// <param name="height">In lines, the header's included.</param>
    /// <param name="selected">The row that is marked, and in sight.</param>
    public static IRenderable Draw(Listing listing, int width, int height, int? selected)
    {
        var first = selected is { } row ? Math.Max(0, row - (height - 2)) : 0;
        var shown = listing.ColumnsFor(Audience.People).ToList();
        var cells = listing.Rows.Skip(first).Take(Math.Max(1, height - 1))
            .Select(values => shown.ConvertAll(index => Cell(values[index], listing.Columns[index].Kind))).ToList();
        var columns = shown.ConvertAll(index => listing.Columns[index]);
        var widths = columns.Select((column, at) => Math.Max(column.Title.Length, cells.Max(line => ScreenText.Width(line[at])))).ToList();
        var count = Fitting(widths, width);

        return new Rows(
            cells.Select((line, at) => Line(line, columns, widths, count, width, first + at == selected ? Marked : Style.Plain))
                .Prepend(Line(columns.ConvertAll(column => column.Title), columns, widths, count, width, Header)));
    }

    private static int Fitting(List<int> widths, int width)
    {
        var count = 0;
        for (var used = 0; count < widths.Count && used + widths[count] <= width; count++)
            used += widths[count] + Gap;
        return Math.Max(1, count);
    }

    private static Text Line(List<string> line, List<Column> columns, List<int> widths, int count, int width, Style style) => new(
        ScreenText.Cut(
            string.Join(new string(' ', Gap), line.Take(count).Select((cell, at) => ScreenText.Pad(cell, widths[at], atLeft: Cells.IsNumeric(columns[at].Kind)))), width),
        style);

    private static string Cell(object? value, CellKind kind) => kind == CellKind.Key ? Names.Short(Cells.Show(value, kind)) : Cells.Show(value, kind);
}
