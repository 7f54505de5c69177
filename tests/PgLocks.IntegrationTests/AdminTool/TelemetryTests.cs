using PgLocks.AdminTool;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class TelemetryTests(PostgresServer server)
{
    [Fact]
    public async Task Seed_SameSeed_SameFiguresInEveryView()
    {
        var first = await SeededAsync("--seed", "7");
        var second = await SeededAsync("--seed", "7");
        var other = await SeededAsync("--seed", "8");

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task Seed_TenDays_RollsUpAddsUpAndLosesNothing()
    {
        await using var scene = await LockScene.CreateAsync(server);

        var run = await scene.RunAsync("telemetry", "seed", "--days", "10", "--keys", "60", "--interval", "30m", "--output", "json");

        Assert.True(run.ExitCode == ExitCode.Done, run.Output + run.Errors);
        Assert.Equal(10 * 48 * 60, run.Json.GetProperty("rows").GetInt64());
        Assert.True(await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_stats") < 10 * 48 * 60);
        Assert.True(await scene.Database.ScalarAsync<bool>(
            "SELECT (SELECT sum(acquired) FROM pglocks.lock_stats) = (SELECT sum(acquired) FROM pglocks.key_stats) AND (SELECT bool_and("
            + "wait_sum_ns = wait_key_ns + wait_yield_ns + wait_process_ns + wait_slot_ns + wait_session_ns + wait_server_ns) FROM pglocks.lock_stats)"));
        var keys = (await scene.RunAsync("stats", "keys", "--since", "9d", "--top", "5", "--output", "json")).Json.GetProperty("keys");
        Assert.Equal(5, keys.GetArrayLength());
        var again = await scene.RunAsync("telemetry", "maintain", "--output", "json");
        Assert.Equal(0, again.Json.GetProperty("steps").GetInt32());
        Assert.Equal(0, again.Json.GetProperty("overdue_rollups").GetInt32());
    }

    [Fact]
    public async Task Seed_SpaceThatProcessesHaveUsed_IsRefusedUnlessForced()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.ProcessAsync("orders", 1);

        var refused = await scene.RunAsync("telemetry", "seed", "--days", "1", "--keys", "2");
        var forced = await scene.RunAsync("telemetry", "seed", "--days", "1", "--keys", "2", "--force");

        Assert.Equal((ExitCode.Refused, ExitCode.Done), (refused.ExitCode, forced.ExitCode));
        Assert.Contains("--force", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retention_NewValues_AreKeptAndShown()
    {
        await using var scene = await LockScene.CreateAsync(server);

        await scene.RunAsync("telemetry", "retention", "--drop-after", "30");
        var status = await scene.RunAsync("telemetry", "status", "--output", "json");

        Assert.Equal((7, 30), (status.Json.GetProperty("rollup_after_days").GetInt32(), status.Json.GetProperty("drop_after_days").GetInt32()));
        Assert.Equal(ExitCode.Refused, (await scene.RunAsync("telemetry", "retention", "--rollup-after", "31")).ExitCode);
        Assert.Equal(ExitCode.BadUsage, (await scene.RunAsync("telemetry", "retention", "--drop-after", "0")).ExitCode);
    }

    private async Task<string?> SeededAsync(params string[] options)
    {
        await using var scene = await LockScene.CreateAsync(server);
        var run = await scene.RunAsync(["telemetry", "seed", "--days", "2", "--keys", "3", "--interval", "1d", .. options]);
        Assert.True(run.ExitCode == ExitCode.Done, run.Output + run.Errors);
        return await scene.Database.ScalarAsync<string>("SELECT string_agg(concat_ws(' ', hotkey, pair, acquired, wait_p99_ns, hold_p50_ns), ',' ORDER BY hotkey, pair) FROM pglocks.key_stats");
    }
}
