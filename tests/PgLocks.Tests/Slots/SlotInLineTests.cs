namespace PgLocks.Tests.Slots;

/// <summary>A slot that another asked for last is most likely there.</summary>
public sealed class SlotInLineTests
{
    private readonly SlotFixture _fixture = new();

    [Theory]
    [InlineData(true, 5, "gain in line")]
    [InlineData(false, 5, "gain")]
    [InlineData(true, 0, "gain")]
    public async Task AcquireAsync_YieldedToAnother_IsTriedInLineWhereASessionIsAtHand(bool isAtHand, int seconds, string posted)
    {
        _fixture.HasIdleWaiter = isAtHand;
        await YieldToAnotherAsync();

        var wait = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(seconds));

        Assert.False(wait.IsCompleted);
        Assert.Equal(posted, Assert.Single(_fixture.Posted));
    }

    /// <summary>The session that stood in line is one of few, and not for keeping.</summary>
    [Fact]
    public async Task AcquireAsync_YieldedToAnotherAndFreeAgain_IsReleasedOnceAndThenKept()
    {
        _fixture.HasIdleWaiter = true;
        await YieldToAnotherAsync();
        var first = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Gained(epoch: 5, posted: "gain in line");
        (await SlotFixture.Granted(first)).Dispose();
        Assert.Equal("release", Assert.Single(_fixture.Posted));
        _fixture.Posted.Clear();
        _fixture.Pool.Released(0);
        _fixture.Advance(6);

        var second = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));

        Assert.Equal("gain", Assert.Single(_fixture.Posted));
        _fixture.Gained(epoch: 7);
        (await SlotFixture.Granted(second)).Dispose();
        Assert.Empty(_fixture.Posted);
    }

    [Fact]
    public async Task TryAcquireAsync_TriedInLineAndNotAnswered_EndsSoon()
    {
        _fixture.HasIdleWaiter = true;
        await YieldToAnotherAsync();
        var waiter = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));

        var once = _fixture.TryAcquireAsync(SlotFixture.OtherKey);
        Assert.False(once.IsCompleted);
        _fixture.Advance(20);

        Assert.Null(await once);
        Assert.False(waiter.IsCompleted);
    }

    private async Task YieldToAnotherAsync()
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Gained(epoch: 1);
        (await SlotFixture.Granted(first)).Dispose();
        _fixture.Pool.Asked(0);
        _fixture.Posted.Clear();
        _fixture.Pool.Released(0);
        _fixture.Advance(200);
    }
}
