namespace PgLocks.Tests;

public sealed class TimeoutsTests
{
    public static TheoryData<TimeSpan> Good => new(
        TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(int.MaxValue), Timeout.InfiniteTimeSpan);

    public static TheoryData<TimeSpan> Bad => new(
        TimeSpan.FromTicks(-1), TimeSpan.FromMilliseconds(-2), TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.FromMilliseconds(int.MaxValue) + TimeSpan.FromTicks(1));

    [Theory]
    [MemberData(nameof(Good))]
    public void Checked_InRange_IsReturned(TimeSpan timeout) => Assert.Equal(timeout, Timeouts.Checked(timeout));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Checked_OutOfRange_IsRefusedWithTheRule(TimeSpan timeout)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => Timeouts.Checked(timeout));

        Assert.Equal("timeout", refused.ParamName);
        Assert.Contains("int.MaxValue ms, or Timeout.InfiniteTimeSpan", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Left_IsOver_IsNoTry()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), Timeouts.Left(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3)));
        Assert.Equal(TimeSpan.FromTicks(1), Timeouts.Left(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(7)));
        Assert.Equal(TimeSpan.Zero, Timeouts.Left(TimeSpan.Zero, TimeSpan.FromSeconds(7)));
        Assert.Equal(Timeout.InfiniteTimeSpan, Timeouts.Left(Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(7)));
    }
}
