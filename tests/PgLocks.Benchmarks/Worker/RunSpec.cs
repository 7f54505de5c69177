using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Worker;

/// <summary>One run, as one process of it is told.</summary>
internal sealed record RunSpec
{
    internal const string LargeSpace = "bench_4096";

    public required string Scenario { get; init; }

    public required string Contender { get; init; }

    public required int Processes { get; init; }

    public int Process { get; init; }

    public required int Tasks { get; init; }

    public required double Seconds { get; init; }

    public required double WarmUpSeconds { get; init; }

    public required string Postgres { get; init; }

    public string? Redis { get; init; }

    public required string WitnessFile { get; init; }
}

/// <summary>What one process measured.</summary>
internal sealed record RunResult
{
    public long Operations { get; init; }

    public long OperationsWithWarmUp { get; init; }

    public double Seconds { get; init; }

    public HistogramData Wait { get; init; } = new([], 0, 0);

    public HistogramData Hold { get; init; } = new([], 0, 0);

    public long LongestWait { get; init; }

    public long AllocatedBytes { get; init; }

    public long? RoundTrips { get; init; }

    public long WitnessFailures { get; init; }

    public string? FirstWitnessFailure { get; init; }

    public string? Error { get; init; }

    /// <summary>Figures of a probe, by name.</summary>
    public Dictionary<string, double> Figures { get; init; } = [];
}
