using PgLocks.AdminTool;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class MigrateTests(PostgresServer server)
{
    [Fact]
    public async Task Migrate_UpStatusValidateDown_TellWhatIsAndWhatWasDone()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);

        var before = (await RunAsync(database, "migrate", "status", "--output", "json")).Json;
        Assert.False(before.GetProperty("is_current").GetBoolean());
        Assert.All(before.GetProperty("migrations").EnumerateArray(), step => Assert.Equal("pending", step.GetProperty("state").GetString()));

        var up = await RunAsync(database, "migrate", "up", "--output", "json");
        Assert.Equal(ExitCode.Done, up.ExitCode);
        Assert.Equal(SchemaMigrator.LatestVersion, up.Json.GetProperty("version").GetInt64());
        Assert.Equal(before.GetProperty("migrations").GetArrayLength(), up.Json.GetProperty("applied").GetArrayLength());
        Assert.Contains("Nothing to do", (await RunAsync(database, "migrate", "up")).Output, StringComparison.Ordinal);

        Assert.Contains("The schema is up to date.", (await RunAsync(database, "migrate", "status")).Output, StringComparison.Ordinal);
        Assert.Contains(",applied,", (await RunAsync(database, "migrate", "status", "--output", "csv")).Output, StringComparison.Ordinal);
        Assert.Equal("The schema is as it should be." + Environment.NewLine, (await RunAsync(database, "migrate", "validate")).Output);

        var down = await RunAsync(database, "migrate", "down", "--to", "0", "--output", "json");
        Assert.Equal(ExitCode.Done, down.ExitCode);
        Assert.Equal(up.Json.GetProperty("applied").GetArrayLength(), down.Json.GetProperty("reverted").GetArrayLength());
        Assert.Null(await database.ScalarAsync<string>("SELECT to_regnamespace('pglocks')::text"));
    }

    [Fact]
    public async Task Validate_DamagedOrMissing_EndsWithFour()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        Assert.Equal(ExitCode.SchemaMismatch, (await RunAsync(database, "migrate", "validate")).ExitCode);
        await RunAsync(database, "migrate", "up");
        await database.ExecuteAsync("DROP VIEW pglocks.long_held");

        var run = await RunAsync(database, "migrate", "validate", "--output", "json");

        Assert.Equal(ExitCode.SchemaMismatch, run.ExitCode);
        Assert.False(run.Json.GetProperty("is_valid").GetBoolean());
        Assert.Contains("long_held", run.Json.GetProperty("problems")[0].GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    public async Task Migrate_VersionThatIsNone_IsBadUsage(string verb)
    {
        await using var database = await server.CreateDatabaseAsync();

        var run = await RunAsync(database, "migrate", verb, "--to", "17", "--output", "json");

        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.Equal("unknown_version", run.Json.GetProperty("error").GetProperty("code").GetString());
    }

    private static Task<ToolRun> RunAsync(TestDatabase database, params string[] args) => ToolRun.OfAsync([.. args, "--connection", database.ConnectionString]);
}
