using PgLocks.TestKit;

namespace PgLocks.Tests.TestKit;

public sealed class EventuallyTests
{
    [Fact]
    public async Task ThatAsync_TrueAtTheThirdLook_LooksThreeTimes()
    {
        var looks = 0;

        await Eventually.ThatAsync(() => ++looks == 3);

        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task EqualAsync_NeverSo_SaysWhatWasWantedAndSeen()
    {
        var expired = await Assert.ThrowsAsync<TimeoutException>(
            () => Eventually.EqualAsync(1, () => Task.FromResult(2), TimeSpan.Zero, "the one is written"));

        Assert.Equal("Not so within 0 s: the one is written (expected 1, last seen 2)", expired.Message);
    }
}
