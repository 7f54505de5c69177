using System.Globalization;

namespace PgLocks.Hosting;

/// <summary>What each option may be, alone and against the others.</summary>
internal static class OptionRules
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ServerMargin = TimeSpan.FromSeconds(0.5);

    /// <exception cref="PgLocksConfigurationException">One or more are out of their range; each is named with its value and its range.</exception>
    internal static void Check(PgLocksOptions options)
    {
        string[] problems = [.. Problems(options)];
        if (problems.Length > 0)
            throw new PgLocksConfigurationException(string.Join(" ", problems));
    }

    internal static IEnumerable<string> Problems(PgLocksOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
            yield return "ConnectionString is empty: give one like 'Host=localhost;Database=orders;Username=app;Password=…'.";
        if (options.Space is not { Length: > 0 and <= 63 })
            yield return "Space is a name of 1 to 63 characters.";
        if (options.ApplicationName is not { Length: > 0 and <= 40 } name || name.Any(char.IsControl))
            yield return "ApplicationName is 1 to 40 printable characters.";
        if (options.AcquireTimeout != Timeout.InfiniteTimeSpan && (options.AcquireTimeout < TimeSpan.Zero || options.AcquireTimeout.TotalMilliseconds > int.MaxValue))
            yield return $"AcquireTimeout is 0 to int.MaxValue ms or infinite, but was {options.AcquireTimeout}.";
        if (!Enum.IsDefined(options.Retention))
            yield return $"Retention is Adaptive or Off, but was {options.Retention}.";
        if (OutOf(options.HeartbeatInterval, TimeSpan.FromMilliseconds(50), options.LeaseDuration / 3) is { } heartbeat)
            yield return $"HeartbeatInterval is {heartbeat} (a third of LeaseDuration).";
        if (OutOf(options.LeaseDuration, TimeSpan.FromMilliseconds(150), Longest) is { } lease)
            yield return $"LeaseDuration is {lease}.";
        if (OutOf(options.ServerLeaseDuration, Timeouts.Sum(options.LeaseDuration, ServerMargin), 2 * Longest) is { } server)
            yield return $"ServerLeaseDuration is {server} (LeaseDuration + 0.5 s at least: the server must not free a slot while this process may still grant).";
        if (OutOf(options.LockDelay, options.LeaseDuration, 2 * Longest) is { } delay)
            yield return $"LockDelay is {delay} (LeaseDuration at least; to have none, turn UnfencedDelay off and fence every transaction).";
        if (OutOf(options.Quantum, TimeSpan.Zero, TimeSpan.FromSeconds(1)) is { } quantum)
            yield return $"Quantum is {quantum}.";
        if (options.MaxWaitSessions is < 1 or > 256)
            yield return string.Create(CultureInfo.InvariantCulture, $"MaxWaitSessions is 1 to 256, but was {options.MaxWaitSessions}.");
        if (OutOf(options.LongHoldThreshold, TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1)) is { } hold)
            yield return $"LongHoldThreshold is {hold}.";
        if (options.TelemetryInterval != Timeout.InfiniteTimeSpan && OutOf(options.TelemetryInterval, TimeSpan.FromMilliseconds(100), Longest) is { } telemetry)
            yield return $"TelemetryInterval is {telemetry}, or infinite.";
    }

    private static string? OutOf(TimeSpan value, TimeSpan least, TimeSpan most) =>
        value < least || value > most ? $"{Text(least)} to {Text(most)}, but was {Text(value)}" : null;

    private static string Text(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###} s");
}
