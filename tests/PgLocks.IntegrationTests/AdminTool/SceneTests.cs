using System.Text.Json;
using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Faults;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

/// <summary>
/// Five real processes: one holds a key for long, two wait for it, one is frozen with a key, one is killed with a key. Every tool and view tells
/// of each what is true. Holds count as long from 200 ms on; every age that is asserted is the true one, and the long one is held for 40 s.
/// </summary>
public sealed class SceneTests(PostgresServer server) : IAsyncLifetime
{
    private const string Clock = "SELECT clock_timestamp()";

    private static readonly PositionKey Long = TestKeys.OfSlot(5, 1)[0];
    private static readonly PositionKey OfFrozen = TestKeys.OfSlot(6, 1)[0];
    private static readonly PositionKey OfKilled = TestKeys.OfSlot(7, 1)[0];

    private readonly List<Worker> _workers = [];
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Scene_HolderTwoWaitersFrozenAndKilled_IsToldAsItIs()
    {
        await using (await _database.StartProviderAsync())
        {
            // The server is older than the lock delay from here on.
        }
        var (holder, first, second, frozen, killed) = (await StartAsync(), await StartAsync(), await StartAsync(), await StartAsync(), await StartAsync());
        var beforeHold = await _database.ScalarAsync<DateTime>(Clock);
        var token = await holder.AcquireAsync(Long);
        var afterHold = await _database.ScalarAsync<DateTime>(Clock);
        await first.TellAsync(Worker.AcquireOrder(Long));
        await _database.UntilWaitedForAsync(5, waiters: 1);
        await second.TellAsync(Worker.AcquireOrder(Long));
        await _database.UntilWaitedForAsync(5, waiters: 2);
        var frozenToken = await frozen.AcquireAsync(OfFrozen);
        await killed.AcquireAsync(OfKilled);
        await Eventually.EqualAsync(3, () => _database.ScalarAsync<long>("SELECT count(*) FROM pglocks.long_held"), because: "three holds are long");
        var backends = new[] { await _database.OwnerPidAsync(5), await _database.OwnerPidAsync(6) };

        killed.Process.Signal(ProcessSignal.Kill);
        await _database.UntilOwnedAsync(7, owned: false);
        frozen.Process.Signal(ProcessSignal.Stop);

        await ViewsTellAsync(holder, first, second, frozen);
        await LongHeldTellsAsync(holder, frozen, backends, token, frozenToken, (beforeHold, afterHold));
        await WaitingTellsAsync(holder, first, second, backends[0]);
        await DoctorTellsAsync(killed);
        var top = (await RunAsync("top")).Json;
        Assert.Equal((4, 2, 2), (Number(top, "instances"), Number(top, "slots_owned"), Number(top, "waiters")));
        var show = (await RunAsync("locks", "show", "7")).Json;
        Assert.Empty(show.GetProperty("holders").EnumerateArray());
        Assert.StartsWith("unclean", show.GetProperty("last_release").GetString(), StringComparison.Ordinal);

        await _database.UntilOwnedAsync(6, owned: false);
        Assert.Equal([$"5 {Id(holder)}"], await _database.ColumnAsync<string>("SELECT concat_ws(' ', slot, pid) FROM pglocks.long_held"));
        await UntilLiveAsync(3);
        await DoctorTellsAsync(killed, frozen);
        frozen.Process.Signal(ProcessSignal.Continue);
        await frozen.Process.WaitForLineAsync($"lost {OfFrozen.MinerHotkey}");
        await UntilLiveAsync(4);
        await DoctorTellsAsync(killed);

        await Eventually.ThatAsync(
            () => _database.ScalarAsync<bool>("SELECT hold_age >= interval '40 s' FROM pglocks.current_holders WHERE slot = 5"), TimeSpan.FromSeconds(60), because: "it is held for 40 s");
        var over = await RunAsync("locks", "long-held", "--over", "40s", "--fail-if-any");
        Assert.Equal((ExitCode.Found, 5), (over.ExitCode, Number(Assert.Single(over.Json.GetProperty("locks").EnumerateArray()), "slot")));

        await holder.AskAsync($"release {Long.MinerHotkey}");
        Assert.True(await Worker.TokenAsync(first.AnswerAsync(Worker.AcquireOrder(Long))) > token);
        await Eventually.EqualAsync(
            $"{Id(first)} {Long.MinerHotkey} 1", async () => await _database.ScalarAsync<string>("SELECT concat_ws(' ', pid, hotkey, waiters) FROM pglocks.current_holders WHERE slot = 5") ?? "");
        Assert.Equal([$"{Id(second)}"], await _database.ColumnAsync<string>("SELECT pid::text FROM pglocks.current_waiters"));
    }

    /// <summary>A process's sessions do not end at the same moment.</summary>
    private Task UntilLiveAsync(int processes) => Eventually.EqualAsync(processes, () => _database.ScalarAsync<long>(
        "SELECT count(DISTINCT instance_id) FROM pglocks.sessions JOIN pg_stat_activity a ON a.pid = backend_pid AND a.backend_start = sessions.backend_start"));

    private async Task ViewsTellAsync(Worker holder, Worker first, Worker second, Worker frozen)
    {
        var host = Environment.MachineName;
        Assert.Equal(
            [
                $"default 5 worker {host} {Id(holder)} {Long.MinerHotkey} BTCUSD 2",
                $"default 6 worker {host} {Id(frozen)} {OfFrozen.MinerHotkey} BTCUSD 0",
            ],
            await _database.ColumnAsync<string>("SELECT concat_ws(' ', space, slot, application, host, pid, hotkey, pair, waiters) FROM pglocks.current_holders ORDER BY slot"));
        await Eventually.EqualAsync(
            $"5 {Id(first)} {await _database.OwnerPidAsync(5)}|5 {Id(second)} {await _database.OwnerPidAsync(5)}",
            async () => string.Join('|', await _database.ColumnAsync<string>("SELECT concat_ws(' ', slot, pid, holder_pid) FROM pglocks.current_waiters ORDER BY waiting_since")));
    }

    private async Task LongHeldTellsAsync(Worker holder, Worker frozen, int[] backends, long token, long frozenToken, (DateTime Before, DateTime After) acquired)
    {
        var before = await _database.ScalarAsync<DateTime>(Clock);
        var run = await RunAsync("locks", "long-held");
        var after = await _database.ScalarAsync<DateTime>(Clock);

        Assert.Equal(
            [$"5 {Long.MinerHotkey} BTCUSD held {token} 2 {Id(holder)} {backends[0]}", $"6 {OfFrozen.MinerHotkey} BTCUSD held {frozenToken} 0 {Id(frozen)} {backends[1]}"],
            run.Json.GetProperty("locks").EnumerateArray().Select(row =>
                $"{Number(row, "slot")} {Text(row, "hotkey")} {Text(row, "pair")} {Text(row, "state")} {row.GetProperty("fencing_token").GetInt64()} {Number(row, "waiters")} {Number(row, "pid")} {Number(row, "backend_pid")}"));
        Assert.Equal(0, Number(run.Json, "slots_kept"));
        Assert.Equal(2, run.Json.GetProperty("waiters").GetArrayLength());
        var row = run.Json.GetProperty("locks")[0];
        Assert.InRange(row.GetProperty("hold_age_ms").GetInt64(), (long)(before - acquired.After).TotalMilliseconds - 1, (long)(after - acquired.Before).TotalMilliseconds + 1);
        Assert.Equal(await InstanceAsync(holder), row.GetProperty("instance_id").GetGuid());
        Assert.Equal(Environment.MachineName, Text(row, "host"));
        Assert.Contains(Text(row, "session_state"), new[] { "idle", "active" });
    }

    private async Task WaitingTellsAsync(Worker holder, Worker first, Worker second, int backend)
    {
        var json = (await RunAsync("locks", "waiting")).Json;

        Assert.Equal(
            [$"5 {Id(first)} {backend} {Id(holder)} {Long.MinerHotkey} BTCUSD", $"5 {Id(second)} {backend} {Id(holder)} {Long.MinerHotkey} BTCUSD"],
            json.GetProperty("waiters").EnumerateArray().Select(row =>
                $"{Number(row, "slot")} {Number(row, "pid")} {Number(row, "holder_backend_pid")} {Number(row, "holder_pid")} {Text(row, "holder_hotkey")} {Text(row, "holder_pair")}"));
        Assert.All(json.GetProperty("waiters").EnumerateArray(), row => Assert.True(row.GetProperty("wait_age_ms").GetInt64() <= row.GetProperty("hold_age_ms").GetInt64()));
    }

    private async Task DoctorTellsAsync(params Worker[] gone)
    {
        var run = await RunAsync("doctor");
        var instances = run.Json.GetProperty("checks").EnumerateArray().Single(check => Text(check, "check") == "instances");

        Assert.Equal("warn", Text(instances, "state"));
        Assert.All(_workers, worker => Assert.Equal(gone.Contains(worker), Text(instances, "message")!.Contains($"(pid {Id(worker)})", StringComparison.Ordinal)));
    }

    private async Task<Worker> StartAsync()
    {
        var worker = await Worker.StartAsync(_database, "hold-long", Retention.Adaptive, "--observed");
        _workers.Add(worker);
        return worker;
    }

    private Task<ToolRun> RunAsync(params string[] verb) => ToolRun.OfAsync([.. verb, "--output", "json", "--connection", _database.ConnectionString]);

    private Task<Guid> InstanceAsync(Worker worker) => _database.ScalarAsync<Guid>("SELECT instance_id FROM pglocks.instances WHERE pid = $1", Id(worker));

    private static int Id(Worker worker) => worker.Process.Id;

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
