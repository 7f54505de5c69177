using System.Globalization;

namespace PgLocks.AdminTool.Rendering;

/// <summary>Durations as people write and read them.</summary>
internal static class Durations
{
    private const long NanosecondsPerTick = 100;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_500);

    // The longest suffix first: "ms" ends with "s" too.
    private static readonly (string Unit, decimal Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>Reads 500ms, 1.5s, 30s, 5m, 1h, 7d; the unit is never left out.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var (unit, ticks) = Array.Find(Units, candidate => text.EndsWith(candidate.Unit, StringComparison.Ordinal));
        if (unit is null
            || !decimal.TryParse(text.AsSpan(..^unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > Longest.Ticks / ticks)
            return false;
        duration = TimeSpan.FromTicks((long)Math.Round(number * ticks));
        return true;
    }

    /// <summary>Three digits and a unit: 1.23 ms, 45.6 s, 12 min 30 s.</summary>
    public static string Show(TimeSpan duration) => Show(duration.Ticks * (double)NanosecondsPerTick);

    /// <inheritdoc cref="Show(TimeSpan)"/>
    public static string Show(double nanoseconds) => nanoseconds switch
    {
        < 0 => $"-{Show(-nanoseconds)}",
        < 999.5 => $"{Digits(nanoseconds)} ns",
        < 999.5e3 => $"{Digits(nanoseconds / 1e3)} µs",
        < 999.5e6 => $"{Digits(nanoseconds / 1e6)} ms",
        < 60e9 => $"{Digits(nanoseconds / 1e9)} s",
        _ => Long(TimeSpan.FromTicks((long)(nanoseconds / NanosecondsPerTick))),
    };

    private static string Digits(double value) => value.ToString(
        value switch { < 9.995 => "0.##", < 99.95 => "0.#", _ => "0" }, CultureInfo.InvariantCulture);

    private static string Long(TimeSpan duration) => duration switch
    {
        { TotalHours: < 1 } => Two(duration.Minutes, "min", duration.Seconds, "s"),
        { TotalDays: < 1 } => Two(duration.Hours, "h", duration.Minutes, "min"),
        _ => Two(duration.Days, "d", duration.Hours, "h"),
    };

    private static string Two(int first, string firstUnit, int second, string secondUnit) =>
        second == 0 ? $"{first} {firstUnit}" : $"{first} {firstUnit} {second} {secondUnit}";
}
