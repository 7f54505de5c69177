using System.Diagnostics;
using PgLocks.Benchmarks.Contenders;
using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Worker;

/// <summary>What known keys cost, and what keys that were seen once leave behind.</summary>
internal static class MemoryProbe
{
    internal const string BytesPerKey = "bytes_per_key";
    internal const string BytesPerIdleKey = "bytes_per_idle_key";
    internal const string LeftOfBurst = "left_of_burst_bytes";
    internal const string LeftOfMillion = "left_of_million_bytes";
    internal const string KeysLeft = "keys_left";

    private const int Burst = 100_000;
    private const int Million = 1_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    internal static async Task<RunResult> RunAsync(RunSpec spec)
    {
        await using var contender = (PgLocksContender)ContenderNames.Create(spec);
        await contender.PrepareAsync([0], tasks: 1);
        WorkerLoop.Say(Wire.Ready);
        await WorkerLoop.HearAsync(Wire.Go);
        PgLockProvider provider = contender.Provider;

        // Slots gained, code compiled: neither is a key's.
        foreach (int key in SlotKeys.OnePerSlot())
            (await provider.AcquireAsync(KeySet.Key(key))).Dispose();
        PositionKey[] keys = [.. Enumerable.Range(0, Burst).Select(NewKey)];
        long before = Settled();
        foreach (PositionKey key in keys)
            (await provider.AcquireAsync(key)).Dispose();
        int known = provider.Instance.Keys.Count;
        double perKey = (double)(Settled() - before) / Math.Max(1, known);

        await UntilAsync(() => provider.Instance.Keys.Gates.All(gate => gate.RecentSink is null));
        // What the sweep itself keeps of them it forgets with its next interval.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        int idle = provider.Instance.Keys.Count;
        double perIdleKey = (double)(Settled() - before) / Math.Max(1, idle);

        await UntilAsync(() => provider.Instance.Keys.Count == 0);
        long afterBurst = Settled() - before;
        GC.KeepAlive(keys);
        for (int i = 0; i < Million; i++)
            (await provider.AcquireAsync(NewKey(Burst + i))).Dispose();
        await UntilAsync(() => provider.Instance.Keys.Count == 0);
        WorkerLoop.Say(Wire.Measured);
        await WorkerLoop.HearAsync(Wire.Finish);
        return new RunResult
        {
            Operations = Burst + Million,
            Seconds = 1,
            Figures = new()
            {
                [BytesPerKey] = perKey,
                [BytesPerIdleKey] = perIdleKey,
                [LeftOfBurst] = afterBurst,
                [LeftOfMillion] = Settled() - before,
                [KeysLeft] = provider.Instance.Keys.Count,
            },
        };
    }

    private static PositionKey NewKey(int number) => new(KeySet.Hotkey(1000 + number), "EURUSD");

    private static async Task UntilAsync(Func<bool> condition)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!condition() && Stopwatch.GetElapsedTime(begun) < Patience)
            await Task.Delay(100);
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
