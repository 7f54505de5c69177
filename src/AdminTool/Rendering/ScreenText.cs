using Spectre.Console.Rendering;

namespace PgLocks.AdminTool.Rendering;

/// <summary>Text in columns of a screen, of which some characters fill two and some none.</summary>
internal static class ScreenText
{
    public static int Width(string text) => new Segment(text).CellCount();

    public static string Pad(string text, int width, bool atLeft)
    {
        var padding = new string(' ', Math.Max(0, width - Width(text)));
        return atLeft ? padding + text : text + padding;
    }

    /// <summary>As much of it as there is room for, and a sign that there is more.</summary>
    public static string Cut(string text, int width) =>
        Width(text) <= width ? text : (Segment.Truncate(new Segment(text), width - 1)?.Text ?? "") + "…";
}
