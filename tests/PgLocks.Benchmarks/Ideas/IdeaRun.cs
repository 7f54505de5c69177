using System.Diagnostics;
using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>One worker's part of a run.</summary>
internal static class IdeaRun
{
    private const int WarmUpKeys = 200;
    private const int WarmUpRounds = 4;

    internal static async Task<IdeaResult> AloneAsync(IdeaSpec spec)
    {
        await using Idea idea = await Idea.StartAsync(spec.Idea, spec.Targets);
        PositionKey[] keys = [.. Enumerable.Range(0, spec.Keys).Select(Touched)];
        await WarmUpAsync(idea);
        var first = new Stages();
        var warm = new Stages();
        await RepeatAsync(idea, keys, first);
        for (int i = 0; i < spec.Repeats; i++)
        {
            Random.Shared.Shuffle(keys);
            await RepeatAsync(idea, keys, warm);
        }
        return new IdeaResult { First = first.ToData(), Warm = warm.ToData() };

        // The run's own hotkeys: a dictionary in another process remembers those of the run before.
        PositionKey Touched(int number) => new($"{Environment.ProcessId}x{Stopwatch.GetTimestamp()}x{KeySet.Hotkey(number / KeySet.Pairs)}", KeySet.Key(number).TradePairId);
    }

    internal static async Task<IdeaResult> ContendedAsync(IdeaSpec spec, Func<Task> ready)
    {
        await using Idea idea = await Idea.StartAsync(spec.Idea, spec.Targets);
        PositionKey key = KeySet.Key(0);
        await OnceAsync(idea, key, new Stages());
        await ready();
        var stages = new Stages();
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < spec.ContendedSeconds)
            await OnceAsync(idea, key, stages);
        return new IdeaResult { Contended = stages.ToData() };
    }

    /// <summary>Code compiled, sessions open: neither is a lock's. The pauses let the compiler's second tier catch up.</summary>
    private static async Task WarmUpAsync(Idea idea)
    {
        for (int i = 0; i < WarmUpRounds; i++)
        {
            await RepeatAsync(idea, [.. Enumerable.Range(0, WarmUpKeys).Select(number => new PositionKey($"warm{number}", "EURUSD"))], new Stages());
            await Task.Delay(150);
        }
    }

    private static async Task RepeatAsync(Idea idea, PositionKey[] keys, Stages stages)
    {
        foreach (PositionKey key in keys)
            await OnceAsync(idea, key, stages);
    }

    private static async Task OnceAsync(Idea idea, PositionKey key, Stages stages)
    {
        long begun = Stopwatch.GetTimestamp();
        object? found = await idea.LookUpAsync(key);
        long lookedUp = Stopwatch.GetTimestamp();
        long created = lookedUp;
        if (found is null)
        {
            found = await idea.CreateAsync(key);
            created = Stopwatch.GetTimestamp();
            stages.Creation.Record(created - lookedUp);
        }
        object hold = await idea.AcquireAsync(found);
        long granted = Stopwatch.GetTimestamp();
        await idea.ReleaseAsync(hold);
        long released = Stopwatch.GetTimestamp();
        stages.LookUp.Record(lookedUp - begun);
        stages.Wait.Record(granted - created);
        stages.Hold.Record(released - granted);
        stages.Total.Record(released - begun);
    }
}
