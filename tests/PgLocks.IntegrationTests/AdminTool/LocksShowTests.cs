using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class LocksShowTests(PostgresServer server)
{
    [Fact]
    public async Task Show_Slot_HasHoldersWaitersKeysAndEvents()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");
        var late = await scene.ProcessAsync("late", 4712);
        var wait = await scene.WaitAsync(late, 17);
        await scene.Database.ExecuteAsync(
            "INSERT INTO pglocks.lock_events (at, kind, class_id, slot, data) VALUES (now(), 'long_wait', $1, 17, '{\"waited_ms\": 1200}')", LockScene.ClassId);

        var json = (await scene.RunAsync("locks", "show", "17", "--output", "json")).Json;
        var table = (await scene.RunAsync("locks", "show", "17")).Output;
        await orders.ExecuteAsync("SELECT pg_advisory_unlock_all()");
        await wait;

        Assert.Equal(17, json.GetProperty("slot").GetInt32());
        Assert.Equal("(1346849792, 17)", json.GetProperty("advisory_lock").GetString());
        Assert.Equal(orders.ProcessID, json.GetProperty("holders")[0].GetProperty("backend_pid").GetInt32());
        Assert.Equal(late.ProcessID, json.GetProperty("waiters")[0].GetProperty("backend_pid").GetInt32());
        Assert.Equal("5GhC", json.GetProperty("keys")[0].GetProperty("hotkey").GetString());
        Assert.Equal("long_wait", json.GetProperty("events")[0].GetProperty("kind").GetString());
        Assert.All(["Holders", "Waiters", "Keys", "Events", "5GhC/EURUSD", "long_wait"], part => Assert.Contains(part, table, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("5GhC/EURUSD")]
    [InlineData("5GhC:EURUSD")]
    public async Task Show_Key_ShowsItsSlot(string key)
    {
        await using var scene = await LockScene.CreateAsync(server);
        var slot = await scene.Database.ScalarAsync<int>("SELECT pglocks.slot_of('5GhC', 'EURUSD')");
        await scene.Stats.KeyAsync("5GhC", "EURUSD", slot);

        var json = (await scene.RunAsync("locks", "show", key, "--output", "json")).Json;

        Assert.Equal(slot, json.GetProperty("slot").GetInt32());
        Assert.Equal("EURUSD", json.GetProperty("pair").GetString());
    }

    [Fact]
    public async Task Show_KeyNobodyUsed_IsNotFoundAndNamesItsSlot()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var slot = await scene.Database.ScalarAsync<int>("SELECT pglocks.slot_of('typo', 'EURUSD')");

        var run = await scene.RunAsync("locks", "show", "typo/EURUSD");

        Assert.Equal(ExitCode.NotFound, run.ExitCode);
        Assert.Contains($"'pglocks locks show {slot}'", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_SlotBeyondThePool_IsNotFound()
    {
        await using var scene = await LockScene.CreateAsync(server);

        var run = await scene.RunAsync("locks", "show", "256", "--output", "json");

        Assert.Equal(ExitCode.NotFound, run.ExitCode);
        Assert.Equal("slot_not_found", run.Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Show_Waits_AreTakenApartByWhatWasWaitedForInTheLastHour()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var key = await scene.Stats.KeyAsync("5GhC", "EURUSD", 17);
        await scene.Stats.AddAsync(key, scene.Stats.Instances[0], 0, [32_000_000], [1]);
        await scene.Stats.AddAsync(await scene.Stats.KeyAsync("other", "EURUSD", 18), scene.Stats.Instances[0], 0, [64_000_000], [1]);

        var told = await WaitsAsync();
        await scene.Database.ExecuteAsync("UPDATE pglocks.lock_stats SET wait_server_ns = wait_server_ns - 16000000 WHERE key_id = $1", key);
        var partlyTold = await WaitsAsync();
        await scene.Database.ExecuteAsync("UPDATE pglocks.lock_stats SET interval_start = interval_start - interval '1 hour'");

        Assert.Equal(
            ["server 17 0.53125", "session 5 0.15625", "other_key 4 0.125", "other_process 3 0.09375", "own_yield 2 0.0625", "own_key 1 0.03125"], told);
        Assert.Equal("not_told 16 0.5", partlyTold[0]);
        Assert.Equal(7, partlyTold.Count);
        Assert.Empty(await WaitsAsync());
        Assert.Contains("Nobody waited.", (await scene.RunAsync("locks", "show", "17")).Output, StringComparison.Ordinal);

        async Task<IReadOnlyList<string>> WaitsAsync() =>
            [.. (await scene.RunAsync("locks", "show", "17", "--output", "json")).Json.GetProperty("waits").EnumerateArray().Select(row => FormattableString.Invariant(
                $"{row.GetProperty("cause").GetString()} {row.GetProperty("wait_ns").GetInt64() / 1_000_000} {row.GetProperty("ratio").GetDouble()}"))];
    }

    [Theory]
    [InlineData("17", "clean")]
    [InlineData("18", "unclean: the last owner died, the next one waits the lock delay")]
    [InlineData("19", null)]
    public async Task Show_SlotThatNobodyHolds_TellsHowItWasReleased(string slot, string? expected)
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.Database.ExecuteAsync("SELECT setval('pglocks.slot_1346849792_17', 4), setval('pglocks.slot_1346849792_18', 5)");

        var json = (await scene.RunAsync("locks", "show", slot, "--output", "json")).Json;

        Assert.Equal(expected, json.GetProperty("last_release").GetString());
    }
}
