using CsCheck;
using PgLocks.AdminTool;
using PgLocks.Backends;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.Tests.Fuzz;

/// <summary>Connection strings, each with a password in it, of a server that is not there.</summary>
public sealed class ConnectionStringFuzzTests
{
    private static readonly string[] Hosts = ["Host=127.0.0.1", "Host=127.0.0.1:1,127.0.0.1:2", "Server=localhost", "Host=/nonexistent", "Host=", "Hots=127.0.0.1", ""];

    private static readonly string[] Passwords =
    [
        $"Password={Texts.Secret}", $"Pwd={Texts.Secret}", $"Pasword={Texts.Secret}", $"Password=a;{Texts.Secret}", $"Password=a;{Texts.Secret}=b", $"Password='{Texts.Secret}", $"Password=\"a\"{Texts.Secret}\"",
        $"Password = {Texts.Secret}", $"PSW={Texts.Secret}", $"Port={Texts.Secret}", $"Timeout={Texts.Secret}", $"SSL Mode={Texts.Secret}", $"Pooling={Texts.Secret}", $"Options={Texts.Secret};Password=x;{Texts.Secret}",
        $"SSL Password={Texts.Secret}", $"Password={Texts.Secret}\0", $"={Texts.Secret}", $"Password=x;;;={Texts.Secret};", $"postgresql://user:{Texts.Secret}@127.0.0.1:1/orders",
    ];

    private static readonly string[] Settings =
    [
        "Port=1", "Port=0", "Port=-1", "Port=65536", "Port=99999999999", "Port=", "Timeout=0", "Timeout=1", "Timeout=-1", "Timeout=99999", "Command Timeout=-1", "Command Timeout=99999999999", "Database=", "Database=a;Database=b",
        "Username=\u202e", "SSL Mode=VerifyFull;Root Certificate=/nonexistent", "SSL Mode=Prefer", "SSL Mode=7", "SSL Negotiation=Direct", "SSL Mode=Require;SSL Certificate=/nonexistent", "Channel Binding=Require",
        "Pooling=maybe", "Pooling=false", "Minimum Pool Size=10;Maximum Pool Size=2", "Minimum Pool Size=-1", "Maximum Pool Size=0", "Maximum Pool Size=9999999", "Connection Idle Lifetime=-1", "Connection Lifetime=-5",
        "Multiplexing=true", "Multiplexing=true;Pooling=false", "Enlist=true", "Keepalive=-1", "Keepalive=99999999", "Tcp Keepalive Time=-1", "Tcp Keepalive=true", "Max Auto Prepare=-1", "Auto Prepare Min Usages=0",
        "Target Session Attributes=nonsense", "Target Session Attributes=prefer-standby", "Load Balance Hosts=true", "Write Buffer Size=1", "Read Buffer Size=-1", "Socket Send Buffer Size=-7", "Encoding=nonsense",
        "Client Encoding=nonsense", "Timezone=nonsense", "Search Path=\"", "Options=-c nonsense=1", "Cancellation Timeout=-2", "Cancellation Timeout=0", "Passfile=/nonexistent", "Include Error Detail=true",
        "Array Nullability Mode=9", "No Reset On Close=true", "Load Table Composites=yes", "Internal Command Timeout=-5", "Persist Security Info=true", "Log Parameters=true", "Kerberos Service Name=", "Application Name=\n",
    ];

    private static readonly Gen<string> Any = Gen.Select(
        Gen.OneOf(Hosts), Gen.OneOf(Passwords), Gen.Frequency((6, Gen.OneOf(Settings)), (1, Texts.Any)).Array[0, 3],
        (host, password, settings) => string.Join(';', [host, "Port=1", "Timeout=1", .. settings, password]));

    [Fact]
    [Trait("Pitfall", "27: connection strings keep their password")]
    public async Task StartAsync_AnyConnectionString_IsRefusedWithoutThePassword() => await Any.SampleAsync(
        async text =>
        {
            var refused = await Assert.ThrowsAnyAsync<PgLockException>(async () => await PgLockProvider.StartAsync(text));
            AssertIsHelpful(refused);
        },
        iter: 1_500);

    [Fact]
    public async Task StartAsync_OfABackend_IsRefusedWithoutThePassword() => await Any.SampleAsync(
        async text =>
        {
            var options = new PostgresBackendOptions { ConnectionString = text };
            AssertIsHelpful(await Assert.ThrowsAnyAsync<PgLockException>(async () => await HashPoolLockProvider.StartAsync(options)));
            AssertIsHelpful(await Assert.ThrowsAnyAsync<PgLockException>(async () => await MedallionLockProvider.StartAsync(options)));
        },
        iter: 300);

    [Fact]
    [Trait("Pitfall", "27: connection strings keep their password")]
    public async Task Migrate_AnyConnectionString_IsRefusedWithoutThePassword() => await Any.SampleAsync(
        async text => AssertIsHelpful(await Assert.ThrowsAsync<MigrationException>(async () => await new SchemaMigrator(text).GetStatusAsync())),
        iter: 500);

    [Fact]
    [Trait("Pitfall", "27: connection strings keep their password")]
    public async Task Tool_AnyConnectionString_EndsWithACodeAndWithoutThePassword() => await Gen.Select(Any, Gen.OneOf("table", "json", "csv")).SampleAsync(
        async (text, format) =>
        {
            var run = await ToolRun.OfAsync("locks", "list", "--timeout", "1s", "--output", format, "--connection", text);
            Assert.Contains(run.ExitCode, (int[])[ExitCode.BadUsage, ExitCode.CannotConnect]);
            Assert.NotEmpty(run.All);
            Assert.DoesNotContain(Texts.Secret, run.All, StringComparison.Ordinal);
        },
        iter: 500);

    private static void AssertIsHelpful(Exception refused)
    {
        Assert.DoesNotContain(Texts.Secret, refused.ToString(), StringComparison.Ordinal);
        Assert.InRange(refused.Message.Length, 20, 1000);
    }
}
