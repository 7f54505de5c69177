using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

/// <summary>Verbs that change something: what the role pglocks_admin may, and pglocks_reader may not.</summary>
public sealed class ChangingVerbTests(PostgresServer server)
{
    [Fact]
    public async Task Terminate_AdminRole_EndsASessionOfAnotherRoleAndIsAudited()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var admin = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_admin");
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");

        var run = await RunAsync(admin, "locks", "terminate", "17", "--yes");

        Assert.True(run.ExitCode == ExitCode.Done, run.All);
        Assert.True(run.Json.GetProperty("is_gone").GetBoolean());
        Assert.Equal($"terminate {admin.Name}", await AuditedAsync(scene));
    }

    [Fact]
    public async Task Yield_AdminRole_AsksAndIsAudited()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var admin = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_admin");
        await LockScene.GainAsync(await scene.ProcessAsync("orders", 4711), 17);

        var run = await RunAsync(admin, "locks", "yield", "17", "--wait", "1ms");

        Assert.True(run.ExitCode == ExitCode.Done, run.All);
        Assert.False(run.Json.GetProperty("has_changed").GetBoolean());
        Assert.Equal($"yield {admin.Name}", await AuditedAsync(scene));
    }

    [Fact]
    public async Task Registry_AdminRole_AddsAndRetires()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var admin = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_admin");
        await using var file = await TextFile.WriteAsync("trade_pair_id\nEURUSD\n");

        Assert.All(
            [
                await RunAsync(admin, "registry", "miners", "add", "5GhC"),
                await RunAsync(admin, "registry", "pairs", "import", file.Path),
                await RunAsync(admin, "registry", "keys", "add", "5GhC", "EURUSD"),
                await RunAsync(admin, "registry", "keys", "retire", "5GhC", "EURUSD"),
                await RunAsync(admin, "registry", "miners", "retire", "5GhC"),
            ],
            run => Assert.True(run.ExitCode == ExitCode.Done, run.All));
    }

    [Fact]
    public async Task Rollout_AdminRole_GoesThereAndBackAndIsAudited()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var admin = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_admin");

        foreach (var verb in new[] { "start", "advance", "abort", "abort" })
        {
            var run = await RunAsync(admin, "rollout", verb);
            Assert.True(run.ExitCode == ExitCode.Done, run.All);
        }

        Assert.Equal(
            $"1 0 100 {admin.Name}, 2 100 100 {admin.Name}, 3 0 100 {admin.Name}, 4 0 0 {admin.Name}",
            await scene.Database.ScalarAsync<string>(
                """
                SELECT string_agg(concat_ws(' ', data->>'generation', data->>'new_percent', data->>'both_percent', data->>'by'), ', ' ORDER BY at)
                FROM pglocks.lock_events WHERE kind = 'rollout'
                """));
    }

    [Theory]
    [InlineData("locks terminate 17 --yes")]
    [InlineData("rollout start")]
    [InlineData("locks yield 17")]
    [InlineData("registry miners add 5GhC")]
    [InlineData("registry pairs retire EURUSD")]
    [InlineData("registry keys add 5GhC EURUSD")]
    [InlineData("migrate down --to 0")]
    public async Task ChangingVerb_ReaderRole_IsRefusedAndChangesNothing(string verb)
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var reader = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_reader");
        await LockScene.GainAsync(await scene.ProcessAsync("orders", 4711), 17);
        await scene.RunAsync("registry", "pairs", "add", "EURUSD");

        var run = await RunAsync(reader, verb.Split(' '));

        Assert.True(run.ExitCode == ExitCode.Refused, run.All);
        Assert.Equal("permission_denied", run.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(
            "1 0 1 0",
            await scene.Database.ScalarAsync<string>(
                """
                SELECT concat_ws(' ', (SELECT count(*) FROM pglocks.current_holders), (SELECT count(*) FROM pglocks.miners),
                                 (SELECT count(*) FROM pglocks.trade_pairs WHERE retired_at IS NULL), (SELECT count(*) FROM pglocks.lock_events))
                """));
    }

    private static Task<string?> AuditedAsync(LockScene scene) =>
        scene.Database.ScalarAsync<string>("SELECT concat_ws(' ', kind, data->>'by') FROM pglocks.lock_events");

    private static Task<ToolRun> RunAsync(TestRole role, params string[] verb) => ToolRun.OfAsync([.. verb, "--output", "json", "--connection", role.ConnectionString]);
}
