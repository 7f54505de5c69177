namespace PgLocks.AdminTool.Rendering;

/// <summary>One column of a list. Its name is for programs: stable, snake_case, with the unit; its title is for people.</summary>
internal record Column(string Name, string Title, CellKind Kind, Audience For);

/// <summary>A column together with where its values come from.</summary>
internal sealed record Column<T>(string Name, string Title, CellKind Kind, Func<T, object?> Value, Audience For = Audience.Everybody)
    : Column(Name, Title, Kind, For);

/// <summary>Who is shown a column or a fact.</summary>
[Flags]
internal enum Audience
{
    /// <summary>Tables.</summary>
    People = 1,

    /// <summary>JSON and CSV.</summary>
    Programs = 2,

    Everybody = People | Programs,
}
