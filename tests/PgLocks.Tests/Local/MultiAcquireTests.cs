using Microsoft.Extensions.Time.Testing;
using PgLocks.Local;

namespace PgLocks.Tests.Local;

public sealed class MultiAcquireTests
{
    private static readonly PositionKey First = new("5GhC", "EURUSD");
    private static readonly PositionKey Second = new("5GhC", "XAUUSD");

    [Fact]
    public async Task AcquireAll_TimeIsOverBetweenTwoKeys_EndsWithoutAnAnswerOfTheServer()
    {
        // The process stands still for two seconds at each look at the clock.
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(2) };
        FakeSlot open = new(number: 1), silent = new(number: 2) { IsOpen = false };
        var tier = new KeyTier(time, TimeSpan.FromSeconds(5), LockSink.None, "orders@host (pid 1)", key => key == First ? open : silent, (_, _, _, _) => ValueTask.CompletedTask);

        var leases = MultiAcquire.AcquireAllAsync([First, Second], tier.FindLock, TimeSpan.FromSeconds(1), time, default);
        time.Advance(TimeSpan.FromMilliseconds(1));

        var late = await Assert.ThrowsAsync<LockTimeoutException>(() => leases.AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(Second, late.Key);
        Assert.Equal(0, open.Leases + silent.Waiters);
    }
}
