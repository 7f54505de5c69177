using System.Text.Json;
using PgLocks.FaultTests.Check;
using PgLocks.FaultTests.Faults;
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

    /// <summary>Each of them, with its times; the kept journals have the same clock.</summary>
    public required IReadOnlyList<Injection> Injections { get; init; }

    public required int Acknowledged { get; init; }

    /// <summary>Sent to be committed, and not acknowledged.</summary>
    public required int InDoubt { get; init; }

    public required int Grants { get; init; }

    public required int Refusals { get; init; }

    /// <summary>How often the turn changed hands.</summary>
    public required long Turns { get; init; }

    /// <summary>Meetings of a section whose process had stood still past its lease's deadline.</summary>
    public required int StoodStill { get; init; }

    /// <summary>Meetings of a section whose transaction, and with it the lock, the server had ended.</summary>
    public required int EndedTransactions { get; init; }

    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>Processes that did nothing more although everything around them worked.</summary>
    public required IReadOnlyList<string> Stuck { get; init; }

    /// <summary>Faults that could not be injected, and why.</summary>
    public required IReadOnlyList<string> Missed { get; init; }

    /// <summary>Kinds that this machine cannot do, and why.</summary>
    public required IReadOnlyDictionary<string, string> Impossible { get; init; }

    /// <summary>Of the injections beside which nothing else hit the same seat or everybody.</summary>
    public required IReadOnlyList<Recovery> Recoveries { get; init; }

    /// <summary>Measured on the injections beside which nothing else hit anybody.</summary>
    public required IReadOnlyList<Target> Targets { get; init; }

    /// <summary>By how many milliseconds the waits that timed out outlasted their timeout, without the time for which their process ran no timer at all: median, p99, worst.</summary>
    public required double[] Lateness { get; init; }

    /// <summary>The same until the library had ended them, and their callers were to go on.</summary>
    public required double[] LatenessOfEnd { get; init; }

    /// <summary>The same of waits in a transaction of the caller's, which the server ends, and answers.</summary>
    public required double[] LatenessByServer { get; init; }

    /// <summary>Of all waits, with that time.</summary>
    public required double[] LatenessSeen { get; init; }

    /// <summary>Waits that ended later than the target says.</summary>
    public required IReadOnlyList<string> Late { get; init; }

    /// <summary>Nothing was wrong, neither with what was done nor with what was not.</summary>
    public bool IsClean => Violations.Count + Stuck.Count == 0;

    internal static RunReport Of(RunOptions options, double minutes, History history, IReadOnlyList<Violation> violations, RunLog log, WitnessResult witnessed, long turns)
    {
        var acknowledged = SectionsOf(Happening.Acknowledged);
        var disturbance = new Disturbance(history.Injections);
        Lateness[] waits = [.. WaitCheck.Measure(history).OrderBy(wait => wait.OwnMs)];
        return new RunReport
        {
            Seed = options.Seed,
            Command = options.Command,
            Minutes = Math.Round(minutes, 2),
            Processes = options.Processes,
            Workers = history.Of(Happening.Started).Count,
            Faults = history.Injections.GroupBy(injection => injection.Fault).ToDictionary(kind => kind.Key, kind => kind.Count()),
            Injections = history.Injections,
            Acknowledged = acknowledged.Count,
            InDoubt = SectionsOf(Happening.Committing).Count(section => !acknowledged.Contains(section)),
            Grants = history.Of(Happening.Granted).Count,
            Refusals = history.Of(Happening.Refused).Count,
            Turns = turns,
            StoodStill = witnessed.StoodStill,
            EndedTransactions = witnessed.EndedTransactions,
            Violations = violations,
            Stuck = log.Stuck,
            Missed = log.Missed,
            Impossible = Fault.Impossible(options),
            Recoveries = Recovery.Of(history, disturbance.Undisturbed),
            Targets = Target.Of(Recovery.Of(history, disturbance.Alone), waits, [.. WaitCheck.MeasureControls(history)]),
            Lateness = Figures(Check.Lateness.OwnMsOf(waits, isByServer: false)),
            LatenessOfEnd = Figures([.. waits.Select(wait => wait.EndMs).OfType<double>().Order()]),
            LatenessByServer = Figures(Check.Lateness.OwnMsOf(waits, isByServer: true)),
            LatenessSeen = Figures([.. waits.Select(wait => wait.SeenMs).Order()]),
            Late = [.. waits.Where(wait => wait.OwnMs > Target.LateMs).Select(wait => wait.ToString())],
        };

        HashSet<long> SectionsOf(string what) => [.. history.Of(what).Select(entry => entry.Section)];
    }

    internal string ToJson() => JsonSerializer.Serialize(this, Indented);

    private static double[] Figures(double[] sorted) => [Quantile(sorted, 0.5), Quantile(sorted, 0.99), Quantile(sorted, 1)];

    private static double Quantile(double[] sorted, double share) => sorted.Length == 0 ? 0 : Math.Round(sorted[(int)((sorted.Length - 1) * share)], 1);
}
