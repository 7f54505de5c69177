using PgLocks.Local;
using PgLocks.Postgres;
using PgLocks.Slots;

namespace PgLocks.Tests.Slots.Stress;

/// <summary>Real threads, real races: a witness outside the locks sees to it that nobody meets anybody.</summary>
public sealed class StressTests
{
    private const int Instances = 3;
    private const int CallersEach = 4;
    private const int Cycles = 2_500;

    /// <summary>Two keys a slot.</summary>
    private static readonly PositionKey[] Keys = [.. Enumerable.Range(0, 24).Select(i => new PositionKey($"miner{i}", "EURUSD"))];

    private readonly int[] _inside = new int[24];
    private readonly long[] _plain = new long[24];
    private readonly long[] _lastTokens = new long[24];
    private long _granted;
    private long _refused;

    [Theory]
    [InlineData(Retention.Adaptive, 6)]
    [InlineData(Retention.Adaptive, 24)]
    [InlineData(Retention.Off, 6)]
    public async Task AcquireAsync_ManyThreadsAndInstances_ExcludeEachOtherAndLoseNobody(Retention retention, int keys)
    {
        var options = new PgLocksOptions { ConnectionString = "none", Retention = retention, Quantum = TimeSpan.FromMilliseconds(0.2) };
        var policy = new SlotPolicy(options, TimeProvider.System);
        using var server = new SharedSlots(slots: 17);
        var pools = new List<SlotPool>();
        var clocks = new List<AgendaThread>();
        var callers = new List<Task>();
        for (var i = 0; i < Instances; i++)
        {
            var agenda = new Agenda(TimeProvider.System);
            var pool = new SlotPool(16, policy, agenda, server.Join);
            var tier = new KeyTier(TimeProvider.System, TimeSpan.FromSeconds(30), LockSink.None, "stress", key => pool[Array.IndexOf(Keys, key) / 2], (_, _, _, _) => ValueTask.CompletedTask);
            var clock = new AgendaThread(agenda, TimeProvider.System);
            clock.Start();
            clocks.Add(clock);
            pools.Add(pool);
            callers.AddRange(Enumerable.Range(0, CallersEach).Select(seed => Task.Run(() => CallAsync(tier, keys, new Random(seed)))));
        }

        await Task.WhenAll(callers);
        foreach (var pool in pools)
        {
            pool.Close();
            await pool.Idle;
        }

        clocks.ForEach(clock => clock.Close());
        Assert.Equal(Instances * CallersEach * Cycles, _granted + _refused);
        Assert.Equal(_granted, _plain.Sum());
        Assert.True(_granted > Cycles);
    }

    private async Task CallAsync(KeyTier tier, int keys, Random random)
    {
        for (var i = 0; i < Cycles; i++)
        {
            var index = random.Next(keys);
            if (await AcquireAsync(tier.Find(Keys[index]), random.Next(20)) is { } lease)
                Work(index, lease);
            else
                Interlocked.Increment(ref _refused);
        }
    }

    private static async Task<LockLease?> AcquireAsync(KeyGate gate, int kind)
    {
        using var cancellation = new CancellationTokenSource();
        try
        {
            switch (kind)
            {
                case 0:
                    return await gate.TryAcquireAsync(TimeSpan.Zero, default);
                case 1:
                    return await gate.TryAcquireAsync(TimeSpan.FromMilliseconds(1), default);
                case 2:
                    var wait = gate.AcquireAsync(TimeSpan.FromSeconds(30), cancellation.Token);
                    await cancellation.CancelAsync();
                    return await wait;
                default:
                    return await gate.AcquireAsync(TimeSpan.FromSeconds(30), default);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Work(int index, LockLease lease)
    {
        using (lease)
        {
            Assert.Equal(1, Interlocked.Increment(ref _inside[index]));
            Assert.True(lease.FencingToken > _lastTokens[index]);
            _lastTokens[index] = lease.FencingToken;
            var before = _plain[index];
            Thread.SpinWait(20);
            _plain[index] = before + 1;
            Interlocked.Increment(ref _granted);
            Interlocked.Decrement(ref _inside[index]);
        }
    }
}
