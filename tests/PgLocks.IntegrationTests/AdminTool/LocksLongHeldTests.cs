using PgLocks.AdminTool;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class LocksLongHeldTests(PostgresServer server)
{
    private const string AdminSessions =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pglocks:admin' AND datname = current_database()";

    [Fact]
    public async Task LongHeld_OverALimit_ListsOldestFirstAndLeavesOutTheRest()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 3, "young", "EURUSD", "5 seconds");
        await scene.HoldAsync(orders, 1, "old", "EURUSD", "40 seconds");
        await scene.HoldAsync(orders, 2, "oldest", "EURUSD", "2 hours");
        await LockScene.GainAsync(orders, 4);

        var run = await scene.RunAsync("locks", "long-held", "--over", "30s", "--output", "json");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(30_000, run.Json.GetProperty("over_ms").GetInt64());
        Assert.Equal(["oldest", "old"], run.Json.GetProperty("locks").EnumerateArray().Select(row => row.GetProperty("hotkey").GetString()));
    }

    [Fact]
    public async Task LongHeld_NoLimit_TakesTheThresholdOfEachProcess()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var quick = await scene.ProcessAsync("quick", 1);
        var patient = await scene.ProcessAsync("patient", 2);
        await scene.Database.ExecuteAsync("UPDATE pglocks.instances SET long_hold_ms = 60000 WHERE application = 'patient'");
        await scene.HoldAsync(quick, 1, "five-of-quick", "EURUSD", "5 seconds");
        await scene.HoldAsync(patient, 2, "five-of-patient", "EURUSD", "5 seconds");

        var run = await scene.RunAsync("locks", "long-held", "--output", "json");

        Assert.Equal(["five-of-quick"], run.Json.GetProperty("locks").EnumerateArray().Select(row => row.GetProperty("hotkey").GetString()));
    }

    [Fact]
    public async Task LongHeld_ForeignSessionIdle_IsKnownToHoldAtLeastSinceThen()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var psql = await scene.SessionAsync("psql");
        await LockScene.GainAsync(psql, 9);
        await Eventually.ThatAsync(
            () => scene.Database.ScalarAsync<bool>("SELECT clock_timestamp() - state_change > interval '20 ms' FROM pg_stat_activity WHERE pid = $1", psql.ProcessID));

        var run = await scene.RunAsync("locks", "long-held", "--over", "10ms", "--output", "json");

        var row = Assert.Single(run.Json.GetProperty("locks").EnumerateArray());
        Assert.Equal("foreign", row.GetProperty("state").GetString());
        Assert.True(row.GetProperty("is_hold_age_at_least").GetBoolean());
        Assert.Contains("≥ ", (await scene.RunAsync("locks", "long-held", "--over", "10ms")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongHeld_FailIfAny_EndsWithOneOnlyWhenThereIsOne()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 1, "old", "EURUSD", "40 seconds");

        var found = await scene.RunAsync("locks", "long-held", "--over", "30s", "--fail-if-any", "--output", "json");
        var none = await scene.RunAsync("locks", "long-held", "--over", "5m", "--fail-if-any");

        Assert.Equal(ExitCode.Found, found.ExitCode);
        Assert.True(found.Json.GetProperty("ok").GetBoolean());
        Assert.Equal(ExitCode.Done, none.ExitCode);
        Assert.Equal("No lock is held longer than 5 min." + Environment.NewLine, none.Output);
    }

    [Fact]
    public async Task LongHeld_WatchAndFailIfAny_EndsWhenOneAppears()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);

        var watching = scene.RunAsync("locks", "long-held", "--over", "30s", "--watch", "--every", "10ms", "--fail-if-any");
        await Eventually.EqualAsync(1, () => scene.Database.ScalarAsync<long>(AdminSessions));
        Assert.False(watching.IsCompleted);
        await scene.HoldAsync(orders, 1, "old", "EURUSD", "40 seconds");

        var run = await watching;
        Assert.Equal(ExitCode.Found, run.ExitCode);
        Assert.Contains("old/EURUSD", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongHeld_WatchInterrupted_EndsWithZeroAndLeavesNoSession()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var watching = ChildProcess.Dotnet(
            "src/AdminTool/PgLocks.AdminTool.dll", ["locks", "long-held", "--watch", "--every", "1h"], [new("PGLOCKS_CONNECTION", scene.Database.ConnectionString)]);
        await watching.WaitForLineAsync("No lock is held");

        watching.Signal(ProcessSignal.Interrupt);

        Assert.Equal(ExitCode.Done, await watching.WaitForExitAsync());
        await Eventually.EqualAsync(0, () => scene.Database.ScalarAsync<long>(AdminSessions));
    }
}
