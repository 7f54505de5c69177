namespace PgLocks.AdminTool.Rendering;

/// <summary>A list of things of one kind.</summary>
/// <param name="Name">Its field in JSON.</param>
/// <param name="Columns">In the order of printing.</param>
/// <param name="Rows">One value a column.</param>
/// <param name="Title">Above the table; null: none.</param>
/// <param name="Empty">What people read when there is nothing.</param>
internal sealed record Listing(
    string Name, IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows, string Empty, string? Title)
{
    public static Listing Of<T>(string name, IEnumerable<T> items, IReadOnlyList<Column<T>> columns, string empty, string? title = null) =>
        new(name, columns, [.. items.Select(item => columns.Select(column => column.Value(item)).ToArray())], empty, title);

    /// <summary>The positions of the columns that an audience is shown.</summary>
    public IEnumerable<int> ColumnsFor(Audience audience) => Enumerable.Range(0, Columns.Count).Where(i => Columns[i].For.HasFlag(audience));
}
