using PgLocks.Benchmarks.Compare;

namespace PgLocks.Benchmarks.Report;

/// <summary>All runs, and of each kind the one to report.</summary>
internal sealed class Results(Setting setting, CompareOptions options)
{
    private readonly List<Run> _runs = [];

    internal Setting Setting => setting;

    internal CompareOptions Options => options;

    /// <summary>In the order in which they were first run.</summary>
    internal IReadOnlyList<Run> Rows => [.. _runs.GroupBy(run => (run.Scenario, run.Processes, run.Tasks, run.Contender)).Select(group => Typical([.. group]))];

    /// <summary>Every run, of every round.</summary>
    internal IReadOnlyList<Run> Runs => _runs;

    internal void Add(Run run) => _runs.Add(run);

    internal Run? Row(string scenario, int processes, string contender) =>
        Rows.FirstOrDefault(row => row.Scenario == scenario && row.Processes == processes && row.Contender == contender);

    /// <summary>How often a run's throughput is that of a peer in the same scenario; null where either has no number.</summary>
    internal double? Ratio(Run run, string peer) =>
        Row(run.Scenario, run.Processes, peer) is { Failure: null, OperationsPerSecond: > 0 and var other } && run is { Failure: null, OperationsPerSecond: > 0 and var own } ? own / other : null;

    /// <summary>The round with the median throughput, with the longest wait of all; a failure in any round is the row's.</summary>
    private static Run Typical(Run[] rounds)
    {
        if (rounds.FirstOrDefault(run => run.Failure is not null) is { } failed)
            return failed;
        Run median = rounds.OrderBy(run => run.OperationsPerSecond).ThenBy(run => run.Wait.P50).ElementAt(rounds.Length / 2);
        return median with { LongestWait = rounds.Max(run => run.LongestWait) };
    }
}
