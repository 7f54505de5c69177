using Npgsql;
using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

/// <summary>What goes wrong for every verb, shown on one: exit code, stable code, and no password.</summary>
public sealed class ErrorTests(PostgresServer server)
{
    private const string Password = "s3cret-word";

    [Fact]
    public async Task List_WrongPassword_CannotConnectAndSaysSo()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var role = await TestRole.CreateAsync(scene.Database);

        var run = await ListAsync(new(role.ConnectionString) { Password = Password });

        AssertFailure(run, ExitCode.CannotConnect, "login_refused");
        Assert.Contains(role.Name, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_DatabaseMissing_CannotConnectAndSaysSo()
    {
        var run = await ListAsync(new(await server.GetConnectionStringAsync()) { Database = "no_such_database" });

        AssertFailure(run, ExitCode.CannotConnect, "database_missing");
        Assert.Contains("no_such_database", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ServerDown_CannotConnectAndSaysSo() =>
        AssertFailure(await ListAsync(new() { Host = "127.0.0.1", Port = 1, Username = "x", Password = Password }), ExitCode.CannotConnect, "cannot_connect");

    [Fact]
    public async Task List_HostUnknown_CannotConnectAndSaysSo() =>
        AssertFailure(await ListAsync(new() { Host = "no-such-host.invalid", Username = "x", Password = Password }), ExitCode.CannotConnect, "cannot_connect");

    [Fact]
    public async Task List_ServerSilent_CannotConnectWithinTheTimeout()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;

        var run = await ToolRun.OfAsync("locks", "list", "--timeout", "1s", "--output", "json", "--connection", $"Host=127.0.0.1;Port={port};Username=x;Password={Password}");

        AssertFailure(run, ExitCode.CannotConnect, "cannot_connect");
    }

    [Fact]
    public async Task List_SchemaMissing_EndsWithFour()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);

        AssertFailure(await ListAsync(new(database.ConnectionString)), ExitCode.SchemaMismatch, "schema_missing");
    }

    [Fact]
    public async Task List_SchemaOlderOrNewer_EndsWithFour()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await new SchemaMigrator(database.ConnectionString).MigrateUpAsync(202611221030, TestContext.Current.CancellationToken);
        AssertFailure(await ListAsync(new(database.ConnectionString)), ExitCode.SchemaMismatch, "schema_older");

        await database.ExecuteAsync("INSERT INTO pglocks.schema_versions (version, description) VALUES (209901010000, 'from the future')");
        AssertFailure(await ListAsync(new(database.ConnectionString)), ExitCode.SchemaMismatch, "schema_newer");
    }

    [Fact]
    public async Task List_UnknownSpace_IsNotFoundAndNamesThoseThatAre()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.Database.ExecuteAsync("SELECT pglocks.create_space('other', 16)");

        var run = await scene.RunAsync("locks", "list", "--space", "nowhere", "--output", "json");

        AssertFailure(run, ExitCode.NotFound, "space_not_found");
        Assert.Contains("default, other", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await scene.RunAsync("locks", "list", "--space", "other")).ExitCode);
    }

    [Fact]
    public async Task List_NoRights_IsRefusedAndNamesTheRole()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var role = await TestRole.CreateAsync(scene.Database);

        var run = await ListAsync(new(role.ConnectionString));

        AssertFailure(run, ExitCode.Refused, "permission_denied");
        Assert.Contains("pglocks_reader", run.Output, StringComparison.Ordinal);
    }

    private static Task<ToolRun> ListAsync(NpgsqlConnectionStringBuilder target) =>
        ToolRun.OfAsync("locks", "list", "--output", "json", "--connection", target.ConnectionString);

    private static void AssertFailure(ToolRun run, int exitCode, string code)
    {
        Assert.Equal(exitCode, run.ExitCode);
        Assert.False(run.Json.GetProperty("ok").GetBoolean());
        Assert.Equal(code, run.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.NotEmpty(run.Json.GetProperty("error").GetProperty("next").GetString()!);
        Assert.DoesNotContain(Password, run.All, StringComparison.Ordinal);
    }
}
