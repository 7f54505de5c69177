using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>Where the ideas' locks live.</summary>
internal sealed record IdeaTargets(string Postgres, string? Redis, string Folder, string Socket);

/// <summary>One run, as a worker process is told.</summary>
internal sealed record IdeaSpec
{
    public required string Idea { get; init; }

    public required IdeaTargets Targets { get; init; }

    /// <summary>Keys that nobody has touched, and how often each is acquired again after that; none in a contended run.</summary>
    public required int Keys { get; init; }

    public required int Repeats { get; init; }

    /// <summary>How long this process and another contend for one key; zero in an uncontended run.</summary>
    public required double ContendedSeconds { get; init; }
}

/// <summary>What was measured of the stages of one kind of run.</summary>
internal sealed record StageData(HistogramData LookUp, HistogramData Creation, HistogramData Wait, HistogramData Hold, HistogramData Total)
{
    internal static readonly StageData None = new Stages().ToData();
}

internal sealed record IdeaResult
{
    public StageData First { get; init; } = StageData.None;

    public StageData Warm { get; init; } = StageData.None;

    public StageData Contended { get; init; } = StageData.None;

    public string? Error { get; init; }
}

/// <summary>Durations of the stages of an acquire and release, in ns.</summary>
internal sealed class Stages
{
    internal Histogram LookUp { get; } = new();

    internal Histogram Creation { get; } = new();

    internal Histogram Wait { get; } = new();

    internal Histogram Hold { get; } = new();

    internal Histogram Total { get; } = new();

    internal void Add(StageData data)
    {
        LookUp.Add(data.LookUp);
        Creation.Add(data.Creation);
        Wait.Add(data.Wait);
        Hold.Add(data.Hold);
        Total.Add(data.Total);
    }

    internal StageData ToData() => new(LookUp.ToData(), Creation.ToData(), Wait.ToData(), Hold.ToData(), Total.ToData());
}
