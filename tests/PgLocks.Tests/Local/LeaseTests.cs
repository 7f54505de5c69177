namespace PgLocks.Tests.Local;

public sealed class LeaseTests
{
    private readonly GateFixture _fixture = new();

    [Fact]
    public void Dispose_TwiceAndByACopy_ReleasesOnce()
    {
        var lease = _fixture.Acquire();
        var copy = lease;

        lease.Dispose();
        lease.Dispose();
        copy.Dispose();

        Assert.Equal(0, _fixture.Slot.Leases);
        Assert.Equal(1, _fixture.Sink.Released);
    }

    [Fact]
    public async Task Dispose_CopyOfAnEndedLease_LeavesTheNextHolderAlone()
    {
        var ended = _fixture.Acquire();
        ended.Dispose();
        var holder = _fixture.Acquire();
        var waiter = _fixture.AcquireAsync();

        ended.Dispose();
        await ended.DisposeAsync();

        Assert.False(waiter.IsCompleted);
        holder.Dispose();
        (await waiter).Dispose();
    }

    [Fact]
    public async Task Dispose_ManyThreadsAtOnce_ReleasesOnce()
    {
        for (var round = 0; round < 200; round++)
        {
            var lease = _fixture.Acquire();
            await Parallel.ForAsync(0, 8, (_, _) => lease.DisposeAsync());
        }

        Assert.Equal(0, _fixture.Slot.Leases);
        Assert.Equal(200, _fixture.Sink.Released);
    }

    [Fact]
    public void Equals_Copies_AreEqualAndOtherLeasesAreNot()
    {
        var lease = _fixture.Acquire();
        var copy = lease;
        lease.Dispose();
        var next = _fixture.Acquire();

        Assert.True(lease == copy);
        Assert.True(lease != next);
        Assert.Equal(lease.GetHashCode(), copy.GetHashCode());
    }

    [Fact]
    public void Find_DefaultKey_IsRefused() =>
        Assert.Throws<ArgumentNullException>(() => _fixture.Tier.Find(default));

    [Fact]
    public async Task Find_DefaultKeyAmongMany_IsRefusedAndNothingIsHeld()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(() =>
            MultiAcquire.AcquireAllAsync([GateFixture.Key, default], _fixture.Tier.FindLock, TimeSpan.FromSeconds(1), _fixture.Time, default).AsTask());

        Assert.Equal(0, _fixture.Slot.Leases);
    }
}
