using PgLocks.Local;

namespace PgLocks.Tests.Local;

public sealed class FilterTests
{
    private readonly FakeFilter _filter = new();
    private readonly GateFixture _fixture;

    public FilterTests() => _fixture = new GateFixture(_filter);

    [Fact]
    public async Task AcquireAsync_KeyKnown_NeverLooksAgain()
    {
        await using var lease = await _fixture.AcquireLockAsync();

        Assert.Equal(0, _filter.Looks);
    }

    [Fact]
    public async Task AcquireAsync_KeyKnownAfterAnotherLook_IsGranted()
    {
        _filter.Admitted = false;
        var wait = _fixture.AcquireLockAsync();
        _filter.Admitted = true;
        _filter.Answer.SetResult();

        await using var lease = await wait;

        Assert.Equal(1, _filter.Looks);
    }

    [Fact]
    public async Task AcquireAsync_KeyStillUnknown_IsRefusedWithoutAGate()
    {
        _filter.Admitted = false;
        _filter.Answer.SetResult();

        var refused = await Assert.ThrowsAsync<UnregisteredKeyException>(() => _fixture.AcquireLockAsync().AsTask());

        Assert.Equal((GateFixture.Key, UnregisteredReason.RetiredMiner), (refused.Key, refused.Reason));
        Assert.Equal(0, _fixture.Tier.Count);
    }

    [Fact]
    public async Task AcquireAsync_NoAnswerInTime_EndsWithTheCallersTimeout()
    {
        _filter.Admitted = false;
        var wait = _fixture.AcquireLockAsync(TimeSpan.FromSeconds(2)).AsTask();
        var attempt = _fixture.Tier.FindLock(GateFixture.Key).TryAcquireAsync(TimeSpan.FromSeconds(2), default).AsTask();

        _fixture.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Contains("within 2 s", (await Assert.ThrowsAsync<LockTimeoutException>(() => wait)).Message, StringComparison.Ordinal);
        Assert.Null(await attempt);
    }

    [Fact]
    public async Task Review_IdleGateOfARetiredKey_LeavesAndALockKeptFromBeforeIsRefused()
    {
        var kept = new PositionLock(_fixture.Tier, _fixture.Tier.FindLock(GateFixture.Key));
        (await kept.AcquireAsync()).Dispose();

        Retire();
        _filter.Answer.SetResult();

        Assert.Equal(0, _fixture.Tier.Count);
        await Assert.ThrowsAsync<UnregisteredKeyException>(() => kept.AcquireAsync().AsTask());
        _filter.Admitted = true;
        await using var again = await kept.AcquireAsync();
    }

    [Fact]
    public async Task Review_HeldGateOfARetiredKey_LetsThoseInLineOnAndNobodyElse()
    {
        var holder = _fixture.Acquire();
        var inLine = _fixture.AcquireAsync();
        Retire();

        await Assert.ThrowsAsync<UnregisteredKeyException>(() => _fixture.AcquireAsync().AsTask());
        await Assert.ThrowsAsync<UnregisteredKeyException>(() => _fixture.Gate.TryAcquireAsync(TimeSpan.Zero, default).AsTask());
        holder.Dispose();
        await Assert.ThrowsAsync<UnregisteredKeyException>(() => _fixture.AcquireAsync().AsTask());
        var gate = _fixture.Gate;
        (await inLine).Dispose();

        Assert.True(gate.IsEvicted);
        Assert.Equal((2, 0), (_fixture.Sink.Released, _fixture.Slot.Leases));
    }

    [Fact]
    public async Task Review_KeyTakenBackWhileHeld_GateGoesOn()
    {
        var holder = _fixture.Acquire();
        Retire();
        _filter.Admitted = true;
        _fixture.Tier.Review(_ => false);

        var next = _fixture.AcquireAsync();
        holder.Dispose();
        (await next).Dispose();

        Assert.False(_fixture.Gate.IsEvicted);
        _fixture.Acquire().Dispose();
    }

    [Fact]
    public async Task Review_BesideManyCallers_NeverLetsTwoInAndEndsEveryWait()
    {
        const int Cycles = 20_000;
        var inside = 0;
        var worst = 0;
        var granted = 0;
        _filter.Answer.SetResult();
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Cycles; i++)
            {
                try
                {
                    await using var lease = await _fixture.AcquireLockAsync(Timeout.InfiniteTimeSpan);
                    worst = Math.Max(worst, Interlocked.Increment(ref inside));
                    Interlocked.Decrement(ref inside);
                    Interlocked.Increment(ref granted);
                }
                catch (UnregisteredKeyException)
                {
                    await Task.Yield();
                }
            }
        })).ToArray();
        var all = Task.WhenAll(callers);
        var registry = Task.Run(() =>
        {
            while (!all.IsCompleted)
            {
                _filter.Admitted = !_filter.Admitted;
                _fixture.Tier.Review(key => !_filter.Admits(key));
            }
        });

        await all;
        await registry;

        Assert.Equal((1, 0), (worst, _fixture.Slot.Leases));
        Assert.Equal(granted, _fixture.Sink.Released);
    }

    private void Retire()
    {
        _filter.Admitted = false;
        _fixture.Tier.Review(_ => true);
    }

    /// <summary>A registry of one answer.</summary>
    private sealed class FakeFilter : IKeyFilter
    {
        internal bool Admitted { get; set; } = true;

        internal int Looks { get; private set; }

        internal TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Admits(PositionKey key) => Admitted;

        public Task LookAgainAsync()
        {
            Looks++;
            return Answer.Task;
        }

        public UnregisteredKeyException Refusal(PositionKey key) => new(key, UnregisteredReason.RetiredMiner);
    }
}
