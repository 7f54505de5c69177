using System.Globalization;

namespace PgLocks.AdminTool.Rendering;

/// <summary>Values as text.</summary>
internal static class Cells
{
    /// <summary>For people: with units, and safe to print.</summary>
    public static string Show(object? value, CellKind kind) => (kind, value) switch
    {
        (_, null) => "-",
        (CellKind.Flag, true) => "yes",
        (CellKind.Flag, false) => "no",
        (CellKind.Time, DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        (CellKind.Nanoseconds, _) => Durations.Show(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        (CellKind.Milliseconds, _) => Durations.Show(Convert.ToDouble(value, CultureInfo.InvariantCulture) * 1e6),
        (CellKind.Ratio, _) => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToDouble(value, CultureInfo.InvariantCulture) * 100:0.##} %"),
        (CellKind.Number, double number) => number.ToString("#,0.##", CultureInfo.InvariantCulture),
        (CellKind.Number, IFormattable number) => number.ToString("#,0", CultureInfo.InvariantCulture),
        _ => TerminalText.Escape(Plain(value)),
    };

    /// <summary>For programs: no separators, times in ISO 8601.</summary>
    public static string Plain(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    public static bool IsNumeric(CellKind kind) => kind is not (CellKind.Text or CellKind.Key or CellKind.Time or CellKind.Flag);
}
