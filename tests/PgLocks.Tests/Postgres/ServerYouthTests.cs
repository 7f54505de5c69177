using PgLocks.Postgres;

namespace PgLocks.Tests.Postgres;

public sealed class ServerYouthTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);

    private readonly ServerYouth _youth = new(Delay);

    [Theory]
    [InlineData(1, 2)]
    [InlineData(0, 3)]
    [InlineData(-3600, 3)]
    public void LeftOf_MetFirst_GoesByItsAgeUpToTheDelay(int age, int left) =>
        Assert.Equal(TimeSpan.FromSeconds(left), _youth.LeftOf(Of("first", age), At(100)));

    [Fact]
    public void LeftOf_MetFirstWhenOld_IsOver() => Assert.True(_youth.LeftOf(Of("first", 3600), At(100)) < TimeSpan.Zero);

    [Fact]
    public void LeftOf_MetAgainWithAClockSetBack_HasGoneOn()
    {
        _youth.LeftOf(Of("first", 0), At(100));

        Assert.Equal(TimeSpan.FromSeconds(2), _youth.LeftOf(Of("first", -3600), At(101)));
        Assert.Equal(TimeSpan.FromSeconds(-7), _youth.LeftOf(Of("first", -3600), At(110)));
    }

    [Fact]
    public void LeftOf_BeganAnewWithAClockSetAhead_IsTheDelay()
    {
        _youth.LeftOf(Of("first", 3600), At(100));

        Assert.Equal(Delay, _youth.LeftOf(Of("second", 3600), At(101)));
        Assert.Equal(TimeSpan.FromSeconds(1), _youth.LeftOf(Of("second", 3600), At(103)));
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private static ServerInfo Of(string life, int age) => new(1, default, IsStandby: false, 1, TimeSpan.FromSeconds(age), 150000, "UTF8", life);
}
