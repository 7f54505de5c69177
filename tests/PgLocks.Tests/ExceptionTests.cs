namespace PgLocks.Tests;

public sealed class ExceptionTests
{
    private static readonly PositionKey Key = new("5GhC", "EURUSD");

    [Fact]
    public void LockTimeoutException_HolderKnown_SaysWhoSinceWhenAndWhatToDo()
    {
        var holder = new LockHolder("orders@host-2 (pid 4711)", Key, TimeSpan.FromSeconds(12.3));

        var timeout = new LockTimeoutException(Key, 17, TimeSpan.FromSeconds(5), holder, cause: null);

        Assert.Equal(
            "Lock '5GhC:EURUSD' (slot 17) was not granted within 5 s: held for 12.3 s by orders@host-2 (pid 4711) with key '5GhC:EURUSD'. "
            + "Raise AcquireTimeout or run 'pglocks locks list'.",
            timeout.Message);
        Assert.Equal((Key, 17, TimeSpan.FromSeconds(5), holder), (timeout.Key, timeout.Slot, timeout.Waited, timeout.Holder));
        Assert.IsAssignableFrom<TimeoutException>(timeout);
    }

    [Fact]
    public void LockTimeoutException_ServerUnreachable_QuotesTheCause()
    {
        var cause = new InvalidOperationException("connection refused.");

        var timeout = new LockTimeoutException(Key, 17, TimeSpan.FromSeconds(0.25), holder: null, cause);

        Assert.Contains("within 0.25 s: the server could not be asked (connection refused).", timeout.Message, StringComparison.Ordinal);
        Assert.Same(cause, timeout.InnerException);
    }

    [Fact]
    public void LockTimeoutException_NothingKnown_SaysSo()
    {
        var timeout = new LockTimeoutException(Key, 17, TimeSpan.Zero, holder: null, cause: null);

        Assert.Contains("its holder is not known", timeout.Message, StringComparison.Ordinal);
        Assert.Null(timeout.Holder);
    }

    [Theory]
    [InlineData(null, "held by psql")]
    [InlineData(0.0004, "held for 0.0 s by psql")]
    [InlineData(0.25, "held for 0.25 s by psql")]
    [InlineData(3600.0, "held for 3600.0 s by psql")]
    public void LockHolder_ToString_TellsTheAgeIfKnown(double? seconds, string expected)
    {
        var holder = new LockHolder("psql", null, seconds is { } age ? TimeSpan.FromSeconds(age) : null);

        Assert.Equal(expected, holder.ToString());
    }

    [Fact]
    public void LeaseLostException_Message_HasReasonAndRemedy()
    {
        var lost = new LeaseLostException(Key, "another process gained slot 17 since");

        Assert.Equal("another process gained slot 17 since", lost.Reason);
        Assert.Equal(Key, lost.Key);
        Assert.True(lost.IsTransient);
        Assert.Contains("Roll back, acquire the key again, and read afresh.", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LockOrderException_Data_HasBothKeysAndSlots()
    {
        var held = new PositionKey("5GhC", "BTCUSD");

        var order = new LockOrderException(held, 200, Key, 17);

        Assert.Equal((held, 200, Key, 17), (order.HeldKey, order.HeldSlot, order.WantedKey, order.WantedSlot));
        Assert.Contains("AcquireAllAsync", order.Message, StringComparison.Ordinal);
        Assert.False(order.IsTransient);
    }

    [Fact]
    public void DefaultLease_AnyMember_HoldsNothingAndDisposesQuietly()
    {
        LockLease lease = default;
        lease.Dispose();

        Assert.Equal(-1, lease.Slot);
        Assert.Equal(0, lease.FencingToken);
        Assert.False(lease.LostToken.CanBeCanceled);
        Assert.Equal(default, lease.Key);
    }
}
