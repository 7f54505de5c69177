using System.Text.Json;
using PgLocks.FaultTests.Check;
using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Report;

/// <summary>What came of a run.</summary>
internal sealed record RunReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public required int Seed { get; init; }

    public required string Command { get; init; }

    public required double Minutes { get; init; }

    public required int Processes { get; init; }

    /// <summary>Starts of workers, with those that came after a kill.</summary>
    public required int Workers { get; init; }

    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    public required int Acknowledged { get; init; }

    /// <summary>Sent to be committed, and not acknowledged.</summary>
    public required int InDoubt { get; init; }

    public required int Grants { get; init; }

    public required int Refusals { get; init; }

    /// <summary>How often the turn changed hands.</summary>
    public required long Turns { get; init; }

    /// <summary>Sections that met another because their process stood still past the loss.</summary>
    public required int Excused { get; init; }

    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>Processes that did nothing more although everything around them worked.</summary>
    public required IReadOnlyList<string> Stuck { get; init; }

    public required IReadOnlyList<Recovery> Recoveries { get; init; }

    public required IReadOnlyList<Target> Targets { get; init; }

    /// <summary>By how many milliseconds the waits that timed out outlasted their timeout.</summary>
    public required double[] Lateness { get; init; }

    /// <summary>Nothing was wrong, neither with what was done nor with what was not.</summary>
    public bool IsClean => Violations.Count + Stuck.Count == 0;

    internal static RunReport Of(RunOptions options, double minutes, History history, IReadOnlyList<Violation> violations, IReadOnlyList<string> stuck, int excused, long turns)
    {
        var acknowledged = SectionsOf(Happening.Acknowledged);
        var recoveries = Recovery.Of(history);
        var lateness = WaitCheck.Latenesses(history);
        return new RunReport
        {
            Seed = options.Seed,
            Command = options.Command,
            Minutes = Math.Round(minutes, 2),
            Processes = options.Processes,
            Workers = history.Of(Happening.Started).Count(),
            Faults = history.Injections.GroupBy(injection => injection.Fault).ToDictionary(kind => kind.Key, kind => kind.Count()),
            Acknowledged = acknowledged.Count,
            InDoubt = SectionsOf(Happening.Committing).Count(section => !acknowledged.Contains(section)),
            Grants = history.Of(Happening.Granted).Count(),
            Refusals = history.Of(Happening.Refused).Count(),
            Turns = turns,
            Excused = excused,
            Violations = violations,
            Stuck = stuck,
            Recoveries = recoveries,
            Targets = Target.Of(recoveries, lateness.Length > 0 ? lateness[^1] : null),
            Lateness = [Quantile(lateness, 0.5), Quantile(lateness, 0.99), Quantile(lateness, 1)],
        };

        HashSet<long> SectionsOf(string what) => [.. history.Of(what).Select(entry => entry.Section)];
    }

    internal string ToJson() => JsonSerializer.Serialize(this, Indented);

    internal static double Quantile(double[] sorted, double share) => sorted.Length == 0 ? 0 : Math.Round(sorted[(int)((sorted.Length - 1) * share)], 1);
}
