using PgLocks.Hosting;

namespace PgLocks.Tests.Hosting;

public sealed class OptionRulesTests
{
    public static TheoryData<string, Action<PgLocksOptions>> BadOptions => new()
    {
        { "ConnectionString", options => options.ConnectionString = "" },
        { "ConnectionString", options => options.ConnectionString = "  " },
        { "Space", options => options.Space = "" },
        { "Space", options => options.Space = null! },
        { "Space", options => options.Space = new string('s', 64) },
        { "ApplicationName", options => options.ApplicationName = "" },
        { "ApplicationName", options => options.ApplicationName = null! },
        { "ApplicationName", options => options.ApplicationName = new string('a', 41) },
        { "ApplicationName", options => options.ApplicationName = "a\nb" },
        { "AcquireTimeout", options => options.AcquireTimeout = TimeSpan.FromTicks(-1) },
        { "AcquireTimeout", options => options.AcquireTimeout = TimeSpan.FromDays(30) },
        { "Retention", options => options.Retention = (Retention)7 },
        { "HeartbeatInterval", options => options.HeartbeatInterval = TimeSpan.FromMilliseconds(49) },
        { "HeartbeatInterval", options => options.HeartbeatInterval = TimeSpan.FromSeconds(1.01) },
        { "LeaseDuration", options => options.LeaseDuration = TimeSpan.FromMilliseconds(149) },
        { "LeaseDuration", options => options.LeaseDuration = TimeSpan.FromMinutes(11) },
        { "ServerLeaseDuration", options => options.ServerLeaseDuration = TimeSpan.FromSeconds(3.4) },
        { "LockDelay", options => options.LockDelay = TimeSpan.FromSeconds(2.9) },
        { "LockDelay", options => options.LockDelay = TimeSpan.FromHours(1) },
        { "Quantum", options => options.Quantum = TimeSpan.FromTicks(-1) },
        { "Quantum", options => options.Quantum = TimeSpan.FromSeconds(1.1) },
        { "MaxWaitSessions", options => options.MaxWaitSessions = 0 },
        { "MaxWaitSessions", options => options.MaxWaitSessions = 257 },
        { "LongHoldThreshold", options => options.LongHoldThreshold = TimeSpan.FromMilliseconds(9) },
        { "LongHoldThreshold", options => options.LongHoldThreshold = TimeSpan.FromDays(2) },
        { "TelemetryInterval", options => options.TelemetryInterval = TimeSpan.Zero },
        { "TelemetryInterval", options => options.TelemetryInterval = TimeSpan.FromHours(1) },
    };

    public static TheoryData<Action<PgLocksOptions>> GoodOptions => new(
        _ => { },
        options => options.AcquireTimeout = Timeout.InfiniteTimeSpan,
        options => options.AcquireTimeout = TimeSpan.Zero,
        options => options.TelemetryInterval = Timeout.InfiniteTimeSpan,
        options => options.Quantum = TimeSpan.Zero,
        options => options.LockDelay = options.LeaseDuration,
        options => options.HeartbeatInterval = options.LeaseDuration / 3,
        options => options.ServerLeaseDuration = options.LeaseDuration + TimeSpan.FromSeconds(0.5));

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Check_OneBadOption_IsNamed(string name, Action<PgLocksOptions> change)
    {
        var options = Good();
        change(options);

        var refused = Assert.Throws<PgLocksConfigurationException>(() => OptionRules.Check(options));

        Assert.Contains(name + " is ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(GoodOptions))]
    public void Check_InRange_Passes(Action<PgLocksOptions> change)
    {
        var options = Good();
        change(options);

        OptionRules.Check(options);
    }

    [Fact]
    public void Check_SeveralBadOptions_NamesEach()
    {
        var options = Good();
        options.MaxWaitSessions = 0;
        options.Quantum = TimeSpan.FromSeconds(5);

        var refused = Assert.Throws<PgLocksConfigurationException>(() => OptionRules.Check(options));

        Assert.Contains("MaxWaitSessions is 1 to 256, but was 0.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Quantum is 0 s to 1 s, but was 5 s.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LockDelay_NotSet_FollowsLeaseDuration() =>
        Assert.Equal(TimeSpan.FromSeconds(10.5), new PgLocksOptions { LeaseDuration = TimeSpan.FromSeconds(10) }.LockDelay);

    private static PgLocksOptions Good() => new() { ConnectionString = "Host=localhost" };
}
