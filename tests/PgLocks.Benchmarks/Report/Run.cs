using System.Globalization;
using PgLocks.Benchmarks.Compare;
using PgLocks.Benchmarks.Contenders;
using PgLocks.Benchmarks.Load;
using PgLocks.Benchmarks.Worker;

namespace PgLocks.Benchmarks.Report;

/// <summary>One run of one contender, all processes together. With a <see cref="Failure"/> it has no numbers.</summary>
internal sealed record Run(string Scenario, int Processes, int Tasks, string Contender)
{
    private static readonly Summary Nothing = new(0, 0, 0, 0, 0);

    /// <summary>A broken exclusion, an exception or a hang.</summary>
    public string? Failure { get; init; }

    public double OperationsPerSecond { get; init; }

    public Summary Wait { get; init; } = Nothing;

    public Summary Hold { get; init; } = Nothing;

    /// <summary>In ns, waits cut off by the end included.</summary>
    public long LongestWait { get; init; }

    public double? AllocatedBytesPerOperation { get; init; }

    /// <summary>As the client counts them; heartbeats included, telemetry and yield requests of their own connections not.</summary>
    public double? RoundTripsPerOperation { get; init; }

    /// <summary>As pg_stat_statements counts them, telemetry included.</summary>
    public double? ServerCallsPerOperation { get; init; }

    /// <summary>Jain's index over the processes' throughputs: 1 is fair, 1/n is one for all.</summary>
    public double Jain { get; init; }

    /// <summary>Sessions of PgLocks on the server while it ran.</summary>
    public string? Sessions { get; init; }

    public IReadOnlyDictionary<string, double> Figures { get; init; } = new Dictionary<string, double>();

    internal static Run From(Cell cell, string contender, GroupResult group)
    {
        var run = new Run(cell.Scenario, cell.Processes, cell.Tasks, contender);
        long broken = group.Results.Sum(result => result.WitnessFailures);
        string? failure = group.Failure ?? group.Results.Select(result => result.Error).FirstOrDefault(error => error is not null);
        if (broken > 0)
            failure = string.Create(CultureInfo.InvariantCulture, $"exclusion was broken {broken} times; first: {group.Results.Select(result => result.FirstWitnessFailure).First(text => text is not null)}");
        if (failure is not null)
            return run with { Failure = failure };

        double[] rates = [.. group.Results.Select(result => result.Operations / result.Seconds)];
        double operations = Math.Max(1, group.Results.Sum(result => result.Operations));
        bool isProbe = group.Results.Any(result => result.Figures.Count > 0) || cell.Scenario is Scenarios.Gain or Scenarios.HandOver;
        return run with
        {
            OperationsPerSecond = isProbe ? 0 : rates.Sum(),
            Wait = Merge(group.Results.Select(result => result.Wait)),
            Hold = Merge(group.Results.Select(result => result.Hold)),
            LongestWait = group.Results.Max(result => result.LongestWait),
            AllocatedBytesPerOperation = isProbe ? null : group.Results.Sum(result => result.AllocatedBytes) / operations,
            RoundTripsPerOperation = group.Results.Sum(result => result.RoundTrips) is { } trips && group.Results[0].RoundTrips is not null ? trips / operations : null,
            ServerCallsPerOperation = contender == ContenderNames.MedallionRedis || isProbe
                ? null
                : group.ServerCalls / Math.Max(1.0, group.Results.Sum(result => result.OperationsWithWarmUp)),
            Jain = Math.Pow(rates.Sum(), 2) is var square && square > 0 ? square / (rates.Length * rates.Sum(rate => rate * rate)) : 0,
            Sessions = ContenderNames.IsPgLocks(contender) ? group.Sessions : null,
            Figures = group.Results.SelectMany(result => result.Figures).GroupBy(figure => figure.Key).ToDictionary(figure => figure.Key, figure => figure.Average(value => value.Value)),
        };
    }

    internal string Describe() => Failure is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Scenario,-9} P={Processes} {ContenderNames.Title(Contender),-28} {OperationsPerSecond,12:N0} op/s  wait p50 {Units.Time(Wait.P50)} p99 {Units.Time(Wait.P99)}  Jain {Jain:0.00}")
        : $"{Scenario,-9} P={Processes} {ContenderNames.Title(Contender),-28} FAILURE: {Failure.Split('\n')[0]}";

    private static Summary Merge(IEnumerable<HistogramData> parts)
    {
        var all = new Histogram();
        foreach (HistogramData part in parts)
            all.Add(part);
        return all.Summarize();
    }
}
