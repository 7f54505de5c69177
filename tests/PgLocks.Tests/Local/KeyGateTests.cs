namespace PgLocks.Tests.Local;

public sealed class KeyGateTests
{
    private readonly GateFixture _fixture = new();

    [Fact]
    public void AcquireAsync_FreeKey_IsGrantedAtOnce()
    {
        var lease = _fixture.Acquire();

        Assert.Equal(GateFixture.Key, lease.Key);
        Assert.Equal(7, lease.Slot);
        Assert.Equal(1, _fixture.Slot.Leases);
    }

    [Fact]
    public async Task AcquireAsync_HeldKey_IsGrantedInTheOrderOfAsking()
    {
        var holder = _fixture.Acquire();
        var waiters = Enumerable.Range(0, 20).Select(_ => _fixture.AcquireAsync()).ToArray();

        for (var i = 0; i < waiters.Length; i++)
        {
            Assert.All(waiters[i..], waiter => Assert.False(waiter.IsCompleted));
            holder.Dispose();
            Assert.True(waiters[i].IsCompleted);
            holder = await waiters[i];
        }
    }

    [Fact]
    public async Task AcquireAsync_TokensOfOneKey_StrictlyIncrease()
    {
        var last = 0L;
        for (var i = 0; i < 100; i++)
        {
            using var lease = await _fixture.AcquireAsync();
            Assert.True(lease.FencingToken > last);
            last = lease.FencingToken;
        }
    }

    [Fact]
    public async Task TryAcquireAsync_HeldKeyAndNoTime_IsNullAtOnceAndLeavesNothing()
    {
        var holder = _fixture.Acquire();

        Assert.Null(await _fixture.Gate.TryAcquireAsync(TimeSpan.Zero, default));

        holder.Dispose();
        _fixture.Acquire().Dispose();
        Assert.Equal(0, _fixture.Slot.Leases);
        Assert.Equal(1, _fixture.Sink.TimedOut);
    }

    [Fact]
    public async Task AcquireAsync_HeldKeyAndNoTime_ThrowsAtOnceAndNamesTheHolder()
    {
        using var holder = _fixture.Acquire();
        _fixture.Time.Advance(TimeSpan.FromSeconds(2));

        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(() => _fixture.AcquireAsync(TimeSpan.Zero).AsTask());

        Assert.Equal(new LockHolder("orders@host (pid 1)", GateFixture.Key, TimeSpan.FromSeconds(2)), timeout.Holder);
        Assert.Equal(7, timeout.Slot);
    }

    [Fact]
    public async Task AcquireAsync_HeldKey_EndsWithItsTimeAndNotBefore()
    {
        var holder = _fixture.Acquire();
        var waiter = _fixture.AcquireAsync(TimeSpan.FromSeconds(2));

        _fixture.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(waiter.IsCompleted);
        _fixture.Time.Advance(TimeSpan.FromSeconds(0.1));

        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(waiter.AsTask);
        Assert.Equal(TimeSpan.FromSeconds(2), timeout.Waited);
        holder.Dispose();
        _fixture.Acquire().Dispose();
    }

    [Fact]
    public async Task AcquireAsync_SlotNotGranted_TimesOutAndHandsTheKeyOn()
    {
        _fixture.Slot.IsOpen = false;
        var first = _fixture.AcquireAsync(TimeSpan.FromSeconds(1));
        var second = _fixture.AcquireAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(1, _fixture.Slot.Waiters);

        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<LockTimeoutException>(first.AsTask);
        Assert.Equal(1, _fixture.Slot.Waiters);
        Assert.True(_fixture.Slot.GrantNext());
        (await second).Dispose();
        Assert.Equal(0, _fixture.Slot.Leases);
    }

    [Fact]
    public async Task AcquireAsync_CancelledBefore_TouchesNothing()
    {
        var waiter = _fixture.AcquireAsync(cancellationToken: new CancellationToken(canceled: true));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(waiter.AsTask);
        Assert.Equal(0, _fixture.Slot.Leases);
        _fixture.Acquire().Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AcquireAsync_CancelledWhileWaiting_EndsAtOnceAndLeavesNothing(bool slotIsOpen)
    {
        using var cancellation = new CancellationTokenSource();
        var holder = slotIsOpen ? _fixture.Acquire() : default;
        _fixture.Slot.IsOpen = slotIsOpen;
        var waiter = _fixture.AcquireAsync(cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(waiter.AsTask);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        Assert.Equal(0, _fixture.Slot.Waiters);
        holder.Dispose();
        _fixture.Slot.IsOpen = true;
        _fixture.Acquire().Dispose();
    }

    [Fact]
    public async Task AcquireAsync_WaiterInTheMiddleLeaves_KeepsTheOrderOfTheOthers()
    {
        using var cancellation = new CancellationTokenSource();
        var holder = _fixture.Acquire();
        var first = _fixture.AcquireAsync();
        var middle = _fixture.AcquireAsync(cancellationToken: cancellation.Token);
        var last = _fixture.AcquireAsync();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(middle.AsTask);

        holder.Dispose();
        (await first).Dispose();
        (await last).Dispose();
        Assert.Equal(0, _fixture.Slot.Leases);
    }

    [Fact]
    public async Task AcquireKeyAsync_ThenComplete_TakesTheKeyAndNoSlot()
    {
        var key = await _fixture.Gate.AcquireKeyAsync(TimeSpan.FromSeconds(1), default);
        var waiter = _fixture.AcquireAsync();
        Assert.Equal(0, _fixture.Slot.Leases);
        Assert.False(waiter.IsCompleted);

        var lease = _fixture.Gate.Complete(new FakeTenure(), fencingToken: 99, startedAt: 0, wasOwned: true);

        key.Dispose();
        Assert.False(waiter.IsCompleted);
        Assert.Equal(99, lease.FencingToken);
        lease.Dispose();
        (await waiter).Dispose();
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task GiveUp_KeyWithoutItsSlot_HandsItOverAndCountsNoLease(bool timedOut, int counted)
    {
        await _fixture.Gate.AcquireKeyAsync(TimeSpan.FromSeconds(1), default);
        var waiter = _fixture.AcquireAsync();

        _fixture.Gate.GiveUp(startedAt: 0, timedOut);

        (await waiter).Dispose();
        Assert.Equal((1, counted), (_fixture.Sink.Released, _fixture.Sink.TimedOut));
    }

    [Fact]
    public async Task AcquireKeyAsync_GateEvictedSinceItWasFound_TakesTheLiveGate()
    {
        var found = _fixture.Gate;
        Assert.True(_fixture.Tier.TryEvict(found));

        var key = await found.AcquireKeyAsync(TimeSpan.FromSeconds(1), default);

        Assert.Same(_fixture.Gate, key.Lock);
        Assert.NotSame(found, key.Lock);
    }
}
