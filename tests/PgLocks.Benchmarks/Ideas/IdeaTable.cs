using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>What was measured so far, by idea.</summary>
internal sealed class IdeaTable(IReadOnlyList<IdeaName> ideas)
{
    private readonly Dictionary<string, (Stages First, Stages Warm, Stages Contended)> _stages = ideas.ToDictionary(idea => idea.Name, _ => (new Stages(), new Stages(), new Stages()));

    internal IReadOnlyList<IdeaName> Ideas => ideas;

    internal List<string> Errors { get; } = [];

    internal void Add(IdeaName idea, IdeaResult result)
    {
        if (result.Error is { } error)
            Errors.Add($"{idea.Title}: {error}");
        (Stages first, Stages warm, Stages contended) = _stages[idea.Name];
        first.Add(result.First);
        warm.Add(result.Warm);
        contended.Add(result.Contended);
    }

    internal IdeaRow Row(IdeaName idea)
    {
        (Stages first, Stages warm, Stages contended) = _stages[idea.Name];
        return new IdeaRow(idea.Name, idea.Title, idea.Claim, StageSummary.Of(first), StageSummary.Of(warm), StageSummary.Of(contended), 
            Saving(warm, IdeaName.OldWay, found => found.Mean), Saving(warm, IdeaName.OldWay, found => found.P50), Saving(warm, IdeaName.OldWayInPython, found => found.Mean));
    }

    /// <summary>How much of the old way's time an acquire and release saves, uncontended and warm; null against nothing.</summary>
    private double? Saving(Stages warm, string against, Func<Summary, double> figure) =>
        _stages.TryGetValue(against, out var old) && old.Warm.Total.Count > 0 && warm.Total.Count > 0 ? 1 - figure(warm.Total.Summarize()) / figure(old.Warm.Total.Summarize()) : null;
}

/// <summary>One idea in the report; durations in ns, savings as parts of one.</summary>
internal sealed record IdeaRow(
    string Name, string Title, string? Claim, StageSummary First, StageSummary Warm, StageSummary Contended, double? Saving, double? SavingOfMedian, double? SavingAgainstPython);

internal sealed record StageSummary(Summary LookUp, Summary Creation, Summary Wait, Summary Hold, Summary Total, long Count)
{
    internal static StageSummary Of(Stages stages) =>
        new(stages.LookUp.Summarize(), stages.Creation.Summarize(), stages.Wait.Summarize(), stages.Hold.Summarize(), stages.Total.Summarize(), stages.Total.Count);
}
