using Spectre.Console.Rendering;

namespace PgLocks.AdminTool.Rendering;

/// <summary>The answer of a verb, whatever it is printed as.</summary>
internal sealed record Report
{
    /// <summary>The "ok" of JSON: whether what was found is as it should be. Default: true.</summary>
    public bool IsOk { get; init; } = true;

    /// <summary>Single values.</summary>
    public IReadOnlyList<Fact> Facts { get; init; } = [];

    /// <summary>Lists; CSV has the first one.</summary>
    public IReadOnlyList<Listing> Listings { get; init; } = [];

    /// <summary>A sentence at the end.</summary>
    public string? Message { get; init; }

    /// <summary>A picture in place of the first list, for people.</summary>
    public IRenderable? Drawing { get; init; }

    /// <summary>Text as it is, for people and for CSV: what is meant to be piped into another program.</summary>
    public string? Plain { get; init; }
}

/// <summary>A single value. Its name is for programs: stable, snake_case, with the unit; its title is for people.</summary>
internal sealed record Fact(string Name, string Title, CellKind Kind, object? Value, Audience For = Audience.Everybody);
