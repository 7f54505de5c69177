using System.Diagnostics;
using PgLocks.Benchmarks.Contenders;
using PgLocks.Benchmarks.Load;
using PgLocks.Keys;
using PgLocks.Local;

namespace PgLocks.Benchmarks.Worker;

/// <summary>The cost of acquire and release on a kept slot, one thread, no I/O: both ways in, with and without telemetry, in turns.</summary>
internal static class KeptProbe
{
    internal const string LockNanoseconds = "lock_ns";
    internal const string LockBytes = "lock_bytes";
    internal const string KeyNanoseconds = "key_ns";
    internal const string KeyBytes = "key_bytes";
    internal const string SilentNanoseconds = "without_telemetry_ns";

    private const int Batch = 200_000;
    private const int WarmUpBatches = 3;

    internal static async Task<RunResult> RunAsync(RunSpec spec)
    {
        await using var contender = (PgLocksContender)ContenderNames.Create(spec);
        await contender.PrepareAsync([0], tasks: 1);
        WorkerLoop.Say(Wire.Ready);
        await WorkerLoop.HearAsync(Wire.Go);
        PositionKey key = KeySet.Key(0);
        PgLockProvider provider = contender.Provider;
        PositionLock known = provider.GetLock(key.MinerHotkey, key.TradePairId);
        KeyTier silentKeys = Silent(provider);
        var silentLock = new PositionLock(silentKeys, silentKeys.Find(key));

        var byLock = new Series(() => known.AcquireAsync());
        var byKey = new Series(() => provider.AcquireAsync(key));
        var silent = new Series(() => silentLock.AcquireAsync());
        int batches = Math.Max(5, (int)(spec.Seconds * 8));
        for (int i = 0; i < WarmUpBatches + batches; i++)
        {
            foreach (Series series in new[] { byLock, byKey, silent })
                series.Run(Batch, counts: i >= WarmUpBatches);
            // Lets the compiler's second tier catch up.
            await Task.Delay(i < WarmUpBatches ? 200 : 1);
        }
        WorkerLoop.Say(Wire.Measured);
        await WorkerLoop.HearAsync(Wire.Finish);
        return new RunResult
        {
            Operations = 3L * batches * Batch,
            Seconds = 1,
            Figures = new()
            {
                [LockNanoseconds] = byLock.Nanoseconds,
                [LockBytes] = byLock.Bytes,
                [KeyNanoseconds] = byKey.Nanoseconds,
                [KeyBytes] = byKey.Bytes,
                [SilentNanoseconds] = silent.Nanoseconds,
            },
        };
    }

    /// <summary>The same slots and sessions under a second table of keys, which tells nobody what happens.</summary>
    private static KeyTier Silent(PgLockProvider provider)
    {
        var map = new SlotMap(provider.PoolSize);
        return new KeyTier(TimeProvider.System, TimeSpan.FromSeconds(5), LockSink.None, "silent", key => provider.Instance.Slots[map.SlotOf(key)],
            (_, _, _, _) => throw new NotSupportedException("no fences here"));
    }

    private sealed class Series(Func<ValueTask<LockLease>> acquire)
    {
        private readonly List<double> _nanoseconds = [];
        private readonly List<double> _bytes = [];

        internal double Nanoseconds => Median(_nanoseconds);

        internal double Bytes => Median(_bytes);

        internal void Run(int operations, bool counts)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long begun = Stopwatch.GetTimestamp();
            for (int i = 0; i < operations; i++)
                Cycle();
            TimeSpan elapsed = Stopwatch.GetElapsedTime(begun);
            if (!counts)
                return;
            _bytes.Add((double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / operations);
            _nanoseconds.Add(elapsed.TotalNanoseconds / operations);
        }

        private void Cycle()
        {
            ValueTask<LockLease> acquired = acquire();
            // Not kept any more now and then: after a heartbeat that came late, for example.
            using LockLease lease = acquired.IsCompletedSuccessfully ? acquired.Result : acquired.AsTask().GetAwaiter().GetResult();
        }

        private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }
}
