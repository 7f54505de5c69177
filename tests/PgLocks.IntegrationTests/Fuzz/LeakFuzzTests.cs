using CsCheck;
using Microsoft.Extensions.Logging;
using Npgsql;
using PgLocks.AdminTool;
using PgLocks.Backends;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Fuzz;

/// <summary>Whatever the password, and whatever goes wrong: nothing that can be read has a piece of it, and no line of a log is broken in two.</summary>
public sealed class LeakFuzzTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly Gen<PositionKey> Key = Gen.Select(
        Gen.OneOf("5GhC", "{InstanceId}", "a b", "\u2028", "\u202e", "é", "'", "\"", "🔒").Array[1, 3],
        Gen.OneOf("EURUSD", "%0a", "\\n", "\u2029", "{0}", ":", "=1+1").Array[1, 3],
        (hotkey, pair) => new PositionKey(string.Concat(hotkey), string.Concat(pair)));

    private TestDatabase _database = null!;
    private RolePassword _role = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _role = await RolePassword.CreateAsync(_database);
    }

    public async ValueTask DisposeAsync()
    {
        await _role.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    [Trait("Pitfall", "27: connection strings keep their password")]
    public async Task Host_AnyPasswordAndEveryFailure_TellsNothingOfItAndBreaksNoLine() => await Gen.Select(Password.Any, Key, Gen.Enum<Ending>(), Gen.Bool).SampleAsync(
        async (password, key, ending, persists) =>
        {
            using var heard = new Overheard();
            await _role.SetAsync(password.Text);
            var target = _role.With(password.Text);
            target.PersistSecurityInfo = persists;

            await HearToolAsync(heard, "doctor", "--connection", target.ConnectionString);
            await using (var life = new HostLife(_database, _role, target.ConnectionString, heard))
                await life.LiveAsync(key, ending);

            // The ears work: an activity of PgLocks', and the driver's metrics, whose tags tell of the connection string.
            Assert.Contains(heard.Everything, text => text.StartsWith("pglocks.outcome=", StringComparison.Ordinal));
            Assert.Contains(heard.Everything, text => text.Contains("pool.name=Host=", StringComparison.Ordinal));
            AssertNothingOf(password, heard);
        },
        iter: 24,
        threads: 1);

    [Fact]
    [Trait("Pitfall", "27: connection strings keep their password")]
    public async Task StartAsync_AnyPasswordRefused_TellsNothingOfIt() => await Gen.Select(Password.Any, Gen.Bool, Gen.OneOf("", "\ud800", "\udc00x", "\t", "\n")).SampleAsync(
        async (password, persists, tail) =>
        {
            using var heard = new Overheard();
            await _role.SetAsync("another");
            var wrong = _role.With(password.Text + tail);
            wrong.PersistSecurityInfo = persists;

            await RefuseAsync(heard, wrong.ConnectionString);
            await RefuseAsync(heard, new NpgsqlConnectionStringBuilder(wrong.ConnectionString) { Port = 1 }.ConnectionString);
            await RefuseAsync(heard, new NpgsqlConnectionStringBuilder(wrong.ConnectionString) { Host = "no-such-host.invalid" }.ConnectionString);
            await RefuseAsync(heard, new NpgsqlConnectionStringBuilder(wrong.ConnectionString) { SslMode = SslMode.VerifyFull, RootCertificate = "/no/such/file" }.ConnectionString);
            if (password.Unquoted(_role.With(null).ConnectionString) is { } unquoted)
                await RefuseAsync(heard, unquoted);

            AssertNothingOf(password, heard);
        },
        iter: 40,
        threads: 1);

    [Fact]
    [Trait("Pitfall", "27: connection strings keep their password")]
    public async Task OrderProcessor_AnyPasswordRefused_TellsNothingOfIt() => await Gen.Select(Password.Any, Gen.Bool).SampleAsync(
        async (password, usesLocks) =>
        {
            using var heard = new Overheard();
            await _role.SetAsync("another");
            await using var processor = ChildProcess.Dotnet(
                "samples/OrderProcessor/OrderProcessor.dll", usesLocks ? [] : ["--no-lock"], [new("PGLOCKS_CONNECTION", _role.With(password.Text).ConnectionString)]);

            Assert.Equal(3, await processor.WaitForExitAsync(TimeSpan.FromMinutes(1)));

            foreach (var line in processor.Errors.Concat(processor.Output))
                heard.Line(line);
            AssertNothingOf(password, heard);
        },
        iter: 5,
        threads: 1);

    [Fact]
    public async Task StartAsync_ControlCharactersInTheTarget_AreNotInTheMessage() => await Gen.OneOf("\n", "\r\n", "\u001b[2J", "\u2028", "\u0085", "\ud800").SampleAsync(
        async piece =>
        {
            using var heard = new Overheard();
            await RefuseAsync(heard, new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = $"a{piece}b" }.ConnectionString);
            await RefuseAsync(heard, new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Database = $"a{piece}b" }.ConnectionString);
            await RefuseAsync(heard, new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Host = $"a{piece}b", Port = 1 }.ConnectionString);
            heard.Refusal(await Assert.ThrowsAnyAsync<PgLockException>(async () => await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = _database.ConnectionString, Space = $"a{piece}b" })));

            Assert.All(heard.Lines, line => Assert.True(IsOneLine(line), line));
        },
        iter: 12,
        threads: 1);

    [Fact]
    public async Task StartAsync_LineBreakInTheNameOfTheDatabase_IsLoggedAsOneLine()
    {
        using var heard = new Overheard();
        var name = $"{_database.Name}\n\u001b[2J";
        await _database.ExecuteAsync($"CREATE DATABASE \"{name}\"");
        try
        {
            var target = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Database = name, Pooling = false };
            using var log = NewFactory(heard);
            var options = new PgLocksOptions { ConnectionString = target.ConnectionString, MigrateOnStart = true };
            await using (await PgLockProvider.StartAsync(options, log, TimeProvider.System, null, CancellationToken.None))
                Assert.Contains(heard.Lines, line => line.EndsWith($"{_database.Name} \\u001b[2J.", StringComparison.Ordinal));

            Assert.All(heard.Lines, line => Assert.True(IsOneLine(line), line));
        }
        finally
        {
            await _database.ExecuteAsync($"DROP DATABASE \"{name}\" WITH (FORCE)");
        }
    }

    private static async Task RefuseAsync(Overheard heard, string connectionString)
    {
        using var log = NewFactory(heard);
        heard.Refusal(await Assert.ThrowsAnyAsync<PgLockException>(async () =>
            await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = connectionString }, log, TimeProvider.System, null, CancellationToken.None)));
        heard.Refusal(await Assert.ThrowsAnyAsync<PgLockException>(async () => await HashPoolLockProvider.StartAsync(new PostgresBackendOptions { ConnectionString = connectionString })));
        heard.Refusal(await Assert.ThrowsAsync<MigrationException>(async () => await new SchemaMigrator(connectionString).GetStatusAsync()));
        Assert.Contains(await HearToolAsync(heard, "locks", "list", "--timeout", "5s", "--connection", connectionString), (int[])[ExitCode.BadUsage, ExitCode.CannotConnect]);
    }

    private static async Task<int> HearToolAsync(Overheard heard, params string[] arguments)
    {
        var run = await ToolRun.OfAsync(arguments);
        foreach (var line in run.All.Split('\n'))
            heard.Line(line);
        return run.ExitCode;
    }

    private static LoggerFactory NewFactory(Overheard heard) => new([heard]);

    private static void AssertNothingOf(Password password, Overheard heard)
    {
        Assert.NotEmpty(heard.Lines);
        Assert.All(heard.Everything, text => Assert.False(password.IsIn(text), text));
        Assert.All(heard.Lines, line => Assert.True(IsOneLine(line), line));
    }

    private static bool IsOneLine(string line) => !line.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029');
}
