namespace PgLocks.Tests.Local;

public sealed class EvictionTests
{
    private readonly GateFixture _fixture = new();

    [Fact]
    public void TryEvict_IdleGate_LeavesTheTableAndNeverGrantsAgain()
    {
        _fixture.Acquire().Dispose();
        var gate = _fixture.Gate;

        Assert.True(_fixture.Tier.TryEvict(gate));

        Assert.Equal(0, _fixture.Tier.Count);
        Assert.NotSame(gate, _fixture.Gate);
        Assert.False(_fixture.Tier.TryEvict(gate));
    }

    [Fact]
    public async Task TryEvict_HeldOrWantedGate_Stays()
    {
        var gate = _fixture.Gate;
        var holder = _fixture.Acquire();
        Assert.False(_fixture.Tier.TryEvict(gate));
        var waiter = _fixture.AcquireAsync();
        Assert.False(_fixture.Tier.TryEvict(gate));

        holder.Dispose();
        Assert.False(_fixture.Tier.TryEvict(gate));
        (await waiter).Dispose();

        Assert.True(_fixture.Tier.TryEvict(gate));
    }

    [Fact]
    public async Task PositionLock_GateEvicted_MeetsTheKeysNewHolder()
    {
        var gate = _fixture.Gate;
        var kept = new PositionLock(_fixture.Tier, gate);
        _fixture.Tier.TryEvict(gate);
        var holder = _fixture.Acquire();

        Assert.Null(await kept.TryAcquireAsync());

        holder.Dispose();
        await using var lease = await kept.AcquireAsync();
        Assert.Null(await _fixture.Gate.TryAcquireAsync(TimeSpan.Zero, default));
    }

    [Fact]
    public async Task AcquireAsync_OnAnEvictedGateItself_IsLedToTheNewOne()
    {
        var old = _fixture.Gate;
        _fixture.Tier.TryEvict(old);

        using var lease = await old.AcquireAsync(null, default);

        Assert.Null(await old.TryAcquireAsync(TimeSpan.Zero, default));
        Assert.Null(await _fixture.Gate.TryAcquireAsync(TimeSpan.Zero, default));
        Assert.Equal(1, _fixture.Tier.Count);
    }

    [Fact]
    public async Task TryEvict_BesideManyCallers_NeverLetsTwoIn()
    {
        const int Cycles = 20_000;
        var inside = 0;
        var worst = 0;
        var done = 0;
        var evictions = 0;
        var acquired = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Cycles || Volatile.Read(ref evictions) == 0; i++)
            {
                await using var lease = await _fixture.Tier.Find(GateFixture.Key).AcquireAsync(Timeout.InfiniteTimeSpan, default);
                worst = Math.Max(worst, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
                Interlocked.Increment(ref acquired);
            }
            Interlocked.Increment(ref done);
        })).ToArray();
        var sweep = Task.Run(() =>
        {
            while (Volatile.Read(ref done) < callers.Length)
                Interlocked.Add(ref evictions, _fixture.Tier.Gates.Count(_fixture.Tier.TryEvict));
        });

        await Task.WhenAll([.. callers, sweep]);

        Assert.Equal(1, worst);
        Assert.Equal(0, _fixture.Slot.Leases);
        Assert.Equal(acquired, _fixture.Sink.Released);
    }
}
