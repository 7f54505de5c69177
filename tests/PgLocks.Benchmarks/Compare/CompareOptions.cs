namespace PgLocks.Benchmarks.Compare;

/// <summary>What <c>compare</c> was asked to do.</summary>
internal sealed record CompareOptions
{
    public required bool Quick { get; init; }

    /// <summary>Measured time of one run.</summary>
    public required double Seconds { get; init; }

    /// <summary>How often each run is repeated; the one with the median throughput is reported.</summary>
    public required int Rounds { get; init; }

    public required IReadOnlyList<string> Contenders { get; init; }

    public required IReadOnlyList<string> Scenarios { get; init; }

    public required IReadOnlyList<int> Processes { get; init; }

    public required bool Memory { get; init; }

    public required DirectoryInfo Out { get; init; }

    /// <summary>Several processes have code to compile at the same time, and slots to share out.</summary>
    public double WarmUpSeconds(int processes) => processes == 1 ? Math.Clamp(Seconds / 4, 0.25, 0.6) : Math.Clamp(Seconds, 0.8, 2);
}
