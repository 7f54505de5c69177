using Spectre.Console;
using Spectre.Console.Rendering;

namespace PgLocks.AdminTool.Rendering;

/// <summary>
/// A list for people, in the width that there is: as a table; where that is too wide, with short keys; where that is too wide still, one
/// block of lines a row.
/// </summary>
internal static class ListingTable
{
    // Between two columns: padding, and the border's own column.
    private const int Padding = 2;
    private const int Gap = Padding + 1;
    private const int NarrowestText = 20;

    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Dim = new(decoration: Decoration.Dim);

    public static IRenderable Draw(Listing listing, int width)
    {
        var shown = listing.ColumnsFor(Audience.People).ToList();
        var columns = shown.ConvertAll(index => listing.Columns[index]);
        var rows = listing.Rows.Select(row => shown.Select(index => Cells.Show(row[index], listing.Columns[index].Kind)).ToArray()).ToList();
        if (Narrowest(columns, rows) > width)
            rows.ForEach(row => Shorten(columns, row));
        return Narrowest(columns, rows) > width ? Blocks(columns, rows) : AsTable(columns, rows);
    }

    private static int Narrowest(List<Column> columns, List<string[]> rows) => Gap + Enumerable.Range(0, columns.Count).Sum(index =>
    {
        var widest = Math.Max(rows.Max(row => row[index].Length), Title(columns[index]).Split('\n').Max(line => line.Length));
        return Gap + (columns[index].Kind == CellKind.Text ? Math.Min(widest, NarrowestText) : widest);
    });

    private static void Shorten(List<Column> columns, string[] row)
    {
        for (var index = 0; index < row.Length; index++)
        {
            if (columns[index].Kind == CellKind.Key)
                row[index] = Names.Short(row[index]);
        }
    }

    private static Table AsTable(List<Column> columns, List<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            var header = new TableColumn(new Text(Title(column), Bold)).Padding(0, 0, Padding, 0);
            if (Cells.IsNumeric(column.Kind))
                header.RightAligned();
            table.AddColumn(column.Kind == CellKind.Text ? header : header.NoWrap());
        }
        foreach (var row in rows)
            table.AddRow(row.Select(cell => new Text(cell)));
        return table;
    }

    private static Rows Blocks(List<Column> columns, List<string[]> rows) => new(rows.SelectMany(row =>
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        for (var index = 0; index < row.Length; index++)
            grid.AddRow(new Text(columns[index].Title, Dim), new Text(row[index]));
        return new IRenderable[] { grid, Text.Empty };
    }));

    // Over numbers, the words of a title stand on top of each other.
    private static string Title(Column column) => Cells.IsNumeric(column.Kind) ? column.Title.Replace(' ', '\n') : column.Title;
}
