using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class DoctorTests(PostgresServer server)
{
    [Fact]
    public async Task Doctor_HealthyDatabase_HasNoFailure()
    {
        await using var scene = await LockScene.CreateAsync(server);

        var run = await scene.RunAsync("doctor", "--output", "json");

        Assert.True(run.ExitCode == ExitCode.Done, run.Output);
        Assert.True(run.Json.GetProperty("is_healthy").GetBoolean());
        Assert.All(
            ["connection", "server_version", "encoding", "primary", "pooler", "schema", "grants", "timeline", "instances", "telemetry"],
            name => Assert.Equal("ok", State(run, name)));
        Assert.Contains("0 failed", (await scene.RunAsync("doctor")).Output, StringComparison.Ordinal);
        Assert.StartsWith("state,check,message,remedy\r\nok,connection,", (await scene.RunAsync("doctor", "--output", "csv")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_NoSchema_FailsWithTheRemedy()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);

        var run = await ToolRun.OfAsync("doctor", "--output", "json", "--connection", database.ConnectionString);

        Assert.Equal(ExitCode.Found, run.ExitCode);
        Assert.Equal("fail", State(run, "schema"));
        Assert.Contains("migrate up", Check(run, "schema").GetProperty("remedy").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_SchemaBehind_Fails()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await new SchemaMigrator(database.ConnectionString).MigrateUpAsync(202611221030, TestContext.Current.CancellationToken);

        Assert.Equal("fail", State(await ToolRun.OfAsync("doctor", "--output", "json", "--connection", database.ConnectionString), "schema"));
    }

    [Fact]
    public async Task Doctor_SchemaDamaged_Fails()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.Database.ExecuteAsync("DROP VIEW pglocks.slot_collisions");

        Assert.Equal("fail", State(await scene.RunAsync("doctor", "--output", "json"), "schema"));
    }

    [Fact]
    public async Task Doctor_BehindPgBouncer_Fails()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var pooler = await PgBouncerServer.StartAsync(await server.GetConnectionStringAsync(), PoolMode.Transaction);

        var run = await ToolRun.OfAsync("doctor", "--output", "json", "--connection", pooler.Through(scene.Database.ConnectionString));

        Assert.Equal(ExitCode.Found, run.ExitCode);
        Assert.Equal("fail", State(run, "pooler"));
    }

    [Fact]
    public async Task Doctor_ProcessDiedAndAnotherDropsTelemetry_WarnsOfBoth()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var dead = await scene.ProcessAsync("dead", 1);
        await scene.ProcessAsync("dropping", 2);
        await scene.Database.ExecuteAsync("UPDATE pglocks.instances SET recorded = 90, dropped = 10 WHERE application = 'dropping'");
        await scene.Database.ExecuteAsync("SELECT pg_terminate_backend($1, 10000)", dead.ProcessID);

        var run = await scene.RunAsync("doctor", "--output", "json");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("dead@host-1 (pid 1)", Check(run, "instances").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("dropping@host-1 (pid 2) dropped 10 of 100", Check(run, "telemetry").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_RoleWithTimeoutAndWithoutRights_TellsBoth()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var role = await TestRole.CreateAsync(scene.Database);
        await scene.Database.ExecuteAsync($"ALTER ROLE {role.Name} SET idle_session_timeout = '1h'");

        var run = await ToolRun.OfAsync("doctor", "--output", "json", "--connection", role.ConnectionString);

        Assert.Equal(ExitCode.Found, run.ExitCode);
        Assert.Contains("idle_session_timeout = 1h", Check(run, "timeouts").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("fail", State(run, "schema"));
    }

    [Fact]
    public async Task Doctor_ReaderRole_WorksAndSaysWhatItMayDo()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var reader = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_reader");

        var run = await ToolRun.OfAsync("doctor", "--output", "json", "--connection", reader.ConnectionString);

        Assert.EndsWith("may look.", Check(run, "grants").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("ok", State(run, "timeline"));
    }

    [Fact]
    public async Task Doctor_PromotedServer_WarnsOfTheTimeline()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.Database.ExecuteAsync("UPDATE pglocks.spaces SET timeline = 0");

        Assert.Equal("warn", State(await scene.RunAsync("doctor", "--output", "json"), "timeline"));
    }

    private static string? State(ToolRun run, string check) => Check(run, check).GetProperty("state").GetString();

    private static System.Text.Json.JsonElement Check(ToolRun run, string name) =>
        run.Json.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("check").GetString() == name);
}
