using PgLocks.AdminTool;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Demo;
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
            ["connection", "server_version", "encoding", "primary", "pooler", "schema", "grants", "timeline", "instances", "process_clocks", "telemetry", "partitions", "retention"],
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
    public async Task Doctor_SchemaAhead_FailsAndAsksForANewerTool()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.Database.ExecuteAsync("INSERT INTO pglocks.schema_versions SELECT (jsonb_populate_record(v, '{\"version\": 209901010000}')).* FROM pglocks.schema_versions v LIMIT 1");

        var run = await scene.RunAsync("doctor", "--output", "json");

        Assert.Equal("fail", State(run, "schema"));
        Assert.NotEmpty(Check(run, "schema").GetProperty("remedy").GetString()!);
    }

    [Fact]
    public async Task Doctor_Standby_Fails()
    {
        await using var primary = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());
        await new SchemaMigrator(primary.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var standby = await StandbyServer.StartAsync(primary);
        await standby.CatchUpAsync();

        var run = await ToolRun.OfAsync("doctor", "--output", "json", "--connection", standby.ConnectionString);

        Assert.Equal(ExitCode.Found, run.ExitCode);
        Assert.Equal("fail", State(run, "primary"));
    }

    [Fact]
    [Trait("Pitfall", "20: the lock table is finite")]
    public async Task Doctor_MoreSlotsThanTheServerHasRoomForLocks_Fails()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.Database.ExecuteAsync(
            """
            ALTER TABLE pglocks.spaces DISABLE TRIGGER USER;
            INSERT INTO pglocks.spaces (name, class_id, pool_size, timeline) SELECT 'large-' || n, n, 4096, 1 FROM generate_series(1, 100) AS n
            """);

        var run = await scene.RunAsync("doctor", "--output", "json");

        Assert.Equal("fail", State(run, "lock_table"));
        Assert.Contains("max_locks_per_transaction", Check(run, "lock_table").GetProperty("remedy").GetString(), StringComparison.Ordinal);
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

    [Theory]
    [InlineData("telemetry", "dropped 0 of 0 acquisitions and 3 events", "UPDATE pglocks.instances SET dropped_events = 3")]
    [InlineData("telemetry", "has written no telemetry for long: live@host-1 (pid 3) for 2 min", "UPDATE pglocks.instances SET written_to = now() - interval '2 minutes'")]
    [InlineData("process_clocks", "live@host-1 (pid 3) by 5 s", "UPDATE pglocks.sessions SET opened_at = backend_start + interval '5 seconds'")]
    [InlineData("partitions", "1 partitions of the days to come are missing", "DO $$ BEGIN EXECUTE 'DROP TABLE pglocks.lock_stats' || to_char(pglocks.utc_today() + 3, '_YYYYMMDD'); END $$")]
    [InlineData("partitions", "1 rows are in the default partitions", "INSERT INTO pglocks.lock_events (at, kind) VALUES (now() + interval '1 year', 'timeout')")]
    [InlineData("retention", "1 days are to be rolled up, 1 partitions to be dropped",
        "DO $$ BEGIN PERFORM pglocks.make_day('lock_stats', 'interval_start', pglocks.utc_today() - 10), pglocks.make_day('lock_events', 'at', pglocks.utc_today() - 100); END $$")]
    [InlineData("retention", "totals lack", "UPDATE pglocks.instances SET started_at = now() - interval '3 hours', written_to = now()")]
    public async Task Doctor_SomethingOfTelemetry_WarnsAndSaysWhatToDo(string check, string message, string sql)
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.ProcessAsync("live", 3);
        await scene.Database.ExecuteAsync("UPDATE pglocks.retention SET maintained_at = now() - interval '2 hours'");
        Assert.Equal("ok", State(await scene.RunAsync("doctor", "--output", "json"), check));
        await scene.Database.ExecuteAsync(sql);

        var run = await scene.RunAsync("doctor", "--output", "json");

        Assert.Equal("warn", State(run, check));
        Assert.Contains(message, Check(run, check).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(Check(run, check).GetProperty("remedy").GetString()!);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public async Task Doctor_OwnClockWrong_WarnsAndSaysByHowMuch(int seconds)
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var output = new StringWriter();

        await Tool.RunAsync(
            ["doctor", "--output", "json", "--connection", scene.Database.ConnectionString], new Streams(TextReader.Null, output, TextWriter.Null),
            new ShiftedClock(TimeSpan.FromSeconds(seconds)), TestContext.Current.CancellationToken);

        var run = new ToolRun(ExitCode.Done, output.ToString(), "");
        Assert.Equal("warn", State(run, "clock"));
        Assert.Matches("differ by (59|60|1 min)", Check(run, "clock").GetProperty("message").GetString()!);
        Assert.NotEmpty(Check(run, "clock").GetProperty("remedy").GetString()!);
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

    private sealed class ShiftedClock(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
    }
}
