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

    /// <summary>Code is compiled anew in a process' first two or three seconds, on one of the machine's processors; several processes have slots to share out beside.</summary>
    public double WarmUpSeconds(int processes) => !Quick ? 3 : processes == 1 ? 0.25 : 0.8;
}
