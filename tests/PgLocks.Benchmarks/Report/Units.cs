using System.Globalization;

namespace PgLocks.Benchmarks.Report;

/// <summary>Numbers as people read them.</summary>
internal static class Units
{
    internal static string Time(double nanoseconds) => nanoseconds switch
    {
        0 => "–",
        < 1e3 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:0} ns"),
        < 1e5 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0.0} µs"),
        < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:0} µs"),
        < 1e8 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:0} ms"),
    };

    internal static string Count(double value) => value == 0 ? "–" : value.ToString("N0", CultureInfo.InvariantCulture);

    internal static string Ratio(double? value) => value switch
    {
        null => "–",
        >= 10 => string.Create(CultureInfo.InvariantCulture, $"{value:N0} ×"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} ×"),
    };

    internal static string Small(double? value) => value switch
    {
        null => "–",
        >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        >= 0.01 or 0 => value.Value.ToString("0.##", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.#e+0", CultureInfo.InvariantCulture),
    };
}
