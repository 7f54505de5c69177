using CsCheck;
using Microsoft.Extensions.Options;
using PgLocks.Backends;
using PgLocks.Hosting;
using PgLocks.Postgres;

namespace PgLocks.Tests.Fuzz;

public sealed class OptionFuzzTests
{
    private static readonly TimeSpan[] Edges =
    [
        TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.MaxValue - TimeSpan.FromMilliseconds(1), TimeSpan.Zero, Timeout.InfiniteTimeSpan, TimeSpan.FromTicks(1), TimeSpan.FromTicks(-1),
        TimeSpan.FromMilliseconds(49.9), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20), TimeSpan.FromDays(1), TimeSpan.FromMilliseconds(int.MaxValue), TimeSpan.FromMilliseconds(int.MaxValue + 1.0),
    ];

    private static readonly Gen<TimeSpan> Time = Gen.Frequency((4, Gen.OneOf(Edges)), (2, Gen.Int[0, 20_000].Select(ms => TimeSpan.FromMilliseconds(ms))), (1, Gen.Long.Select(TimeSpan.FromTicks)));

    private static readonly string[] ConnectionStrings = ["", " ", "\0", $"Host=h;Password={Texts.Secret}", $"Password={Texts.Secret}", $"Host=h;{Texts.Secret}", $"Host=h;Port={Texts.Secret}"];

    /// <summary>One property after the other is set to something.</summary>
    private static readonly Gen<Action<PgLocksOptions>> Change = Gen.OneOf<Action<PgLocksOptions>>(
        Time.Select(time => new Action<PgLocksOptions>(options => options.AcquireTimeout = time)),
        Time.Select(time => new Action<PgLocksOptions>(options => options.HeartbeatInterval = time)),
        Time.Select(time => new Action<PgLocksOptions>(options => options.LeaseDuration = time)),
        Time.Select(time => new Action<PgLocksOptions>(options => options.ServerLeaseDuration = time)),
        Time.Select(time => new Action<PgLocksOptions>(options => options.LockDelay = time)),
        Time.Select(time => new Action<PgLocksOptions>(options => options.Quantum = time)),
        Time.Select(time => new Action<PgLocksOptions>(options => options.LongHoldThreshold = time)),
        Time.Select(time => new Action<PgLocksOptions>(options => options.TelemetryInterval = time)),
        Gen.OneOf(Gen.OneOf(int.MinValue, -1, 0, 1, 256, 257, int.MaxValue), Gen.Int).Select(count => new Action<PgLocksOptions>(options => options.MaxWaitSessions = count)),
        Gen.Int[-2, 5].Select(retention => new Action<PgLocksOptions>(options => options.Retention = (Retention)retention)),
        Texts.Any.Select(text => new Action<PgLocksOptions>(options => options.Space = text)),
        Texts.Any.Select(text => new Action<PgLocksOptions>(options => options.ApplicationName = text)),
        Gen.OneOf(ConnectionStrings).Select(text => new Action<PgLocksOptions>(options => options.ConnectionString = text)),
        Gen.Bool.Select(flag => new Action<PgLocksOptions>(options => (options.UnfencedDelay, options.AllowSessionPooler, options.RequireRegistered) = (flag, !flag, flag))));

    [Fact]
    public void Check_AnyOptions_PassOrAreNamed() => Change.Array[1, 6].Sample(
        changes =>
        {
            var options = new PgLocksOptions { ConnectionString = $"Host=localhost;Password={Texts.Secret}" };
            foreach (var change in changes)
                change(options);
            try
            {
                OptionRules.Check(options);
                _ = new Connections(options).SessionSettings();
            }
            catch (PgLocksConfigurationException refused)
            {
                AssertIsHelpful(refused);
                return;
            }
            Assert.True(options.HeartbeatInterval >= TimeSpan.FromMilliseconds(50) && options.HeartbeatInterval <= options.LeaseDuration / 3);
            Assert.True(options.ServerLeaseDuration > options.LeaseDuration && options.LockDelay >= options.LeaseDuration);
            Assert.True(options.AcquireTimeout >= TimeSpan.Zero || options.AcquireTimeout == Timeout.InfiniteTimeSpan);
        },
        iter: 20_000);

    [Fact]
    public void Validate_AnyOptions_IsWhatTheStartSays() => Change.Array[1, 4].Sample(
        changes =>
        {
            var options = new PgLocksOptions { ConnectionString = "Host=localhost" };
            foreach (var change in changes)
                change(options);
            var result = new PgLocksOptionsValidator().Validate(Options.DefaultName, options);
            Assert.Equal(result.Succeeded, !OptionRules.Problems(options).Any());
        },
        iter: 5_000);

    [Fact]
    public void Check_AnyOptionsOfABackend_PassOrAreNamed() => Gen.Select(Time, Time, Time, Gen.Int, Texts.Any).Sample(
        (one, two, three, count, text) =>
        {
            BackendOptions[] all =
            [
                new PostgresBackendOptions { AcquireTimeout = one, LockDelay = two, MaxSessions = count, Space = text },
                new RedisLockOptions { AcquireTimeout = one, Expiry = two, Configuration = $"localhost,password={Texts.Secret}", Prefix = text },
                new RolloutOptions
                {
                    ConnectionString = $"Host=h;Password={Texts.Secret}", HeartbeatInterval = one, LeaseDuration = two, ServerLeaseDuration = three, ApplicationName = text, OldSide = text, NewSide = text,
                },
            ];
            foreach (var options in all)
            {
                try
                {
                    options.Check();
                }
                catch (PgLocksConfigurationException refused)
                {
                    AssertIsHelpful(refused);
                }
            }
        },
        iter: 5_000);

    private static void AssertIsHelpful(PgLocksConfigurationException refused)
    {
        Assert.Matches(@"[A-Z]\w+ (is|names|has|are) ", refused.Message);
        Assert.True(Texts.IsPlain(refused.Message), refused.Message);
        Assert.DoesNotContain(Texts.Secret, refused.ToString(), StringComparison.Ordinal);
    }
}
