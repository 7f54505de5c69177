using PgLocks.AdminTool;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class StatsTests(PostgresServer server)
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public async Task Keys_Sorted_ListsTheWorstFirstAndNoMoreThanAsked()
    {
        await using var scene = await TrafficAsync();

        var byWait = await scene.RunAsync("stats", "keys", "--sort", "wait-max", "--output", "json");
        var byHold = await scene.RunAsync("stats", "keys", "--sort", "hold-max", "--top", "1", "--output", "json");

        Assert.Equal(["late", "quick"], Hotkeys(byWait));
        Assert.Equal(["quick"], Hotkeys(byHold));
        var late = byWait.Json.GetProperty("keys")[0];
        Assert.Equal(3, late.GetProperty("acquired").GetInt64());
        Assert.Equal(80 * Millisecond, late.GetProperty("wait_max_ns").GetInt64());
        Assert.Equal(7, late.GetProperty("slot").GetInt32());
        Assert.Equal(1, late.GetProperty("timed_out").GetInt64());
        Assert.Equal(2, late.GetProperty("contended_slot").GetInt64());
    }

    [Fact]
    public async Task Keys_TableAndCsv_ShowDurationsAndPlainNumbers()
    {
        await using var scene = await TrafficAsync();

        var table = await scene.RunAsync("stats", "keys", "--sort", "wait-max");
        var csv = await scene.RunAsync("stats", "keys", "--sort", "wait-max", "--output", "csv");

        Assert.Matches(@"late/EURUSD .* 80 ms ", table.Output);
        var lines = csv.Output.Split("\r\n");
        Assert.StartsWith("hotkey,pair,slot,acquired,timed_out,contended_key,contended_slot,contended_process,lost,wait_mean_ns,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("late,EURUSD,7,3,1,0,2,0,0,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_Window_LeavesOutWhatIsOlder()
    {
        await using var scene = await TrafficAsync();
        await scene.Database.ExecuteAsync("UPDATE pglocks.lock_stats SET interval_start = interval_start - interval '2 hours'");

        var hour = await scene.RunAsync("stats", "keys");
        var all = await scene.RunAsync("stats", "keys", "--since", "all", "--output", "json");

        Assert.StartsWith("Nothing was recorded in space 'default' in the last 1 h.", hour.Output, StringComparison.Ordinal);
        Assert.Equal(2, all.Json.GetProperty("keys").GetArrayLength());
    }

    [Fact]
    public async Task SlotsAndInstances_SameFigures_AddUp()
    {
        await using var scene = await TrafficAsync();

        var slots = (await scene.RunAsync("stats", "slots", "--output", "json")).Json.GetProperty("slots");
        var instances = (await scene.RunAsync("stats", "instances", "--output", "json")).Json.GetProperty("instances");

        Assert.Equal(5, slots.EnumerateArray().Sum(row => row.GetProperty("acquired").GetInt64()));
        Assert.Equal(1, slots.EnumerateArray().First(row => row.GetProperty("slot").GetInt32() == 7).GetProperty("keys").GetInt64());
        Assert.Equal("app-0", Assert.Single(instances.EnumerateArray()).GetProperty("application").GetString());
        Assert.Contains("app-0@host (pid 0)", (await scene.RunAsync("stats", "instances")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wait", "wait_p99_ns")]
    [InlineData("hold", "hold_p99_ns")]
    [InlineData("collisions", "contended_slot")]
    [InlineData("keys", "keys")]
    [InlineData("acquired", "acquired")]
    public async Task Heatmap_EachFigure_HasEverySlot(string by, string field)
    {
        await using var scene = await TrafficAsync();

        var json = (await scene.RunAsync("stats", "heatmap", "--by", by, "--output", "json")).Json.GetProperty("slots");
        var table = await scene.RunAsync("stats", "heatmap", "--by", by);

        Assert.Equal(256, json.GetArrayLength());
        Assert.True(json[7].GetProperty(field).GetInt64() > 0);
        Assert.Equal(0, json[8].GetProperty(field).GetInt64());
        Assert.Equal(19, table.Output.TrimEnd().Split('\n').Length);
        Assert.Matches(by is "wait" or "hold" ? "█ up to [0-9.]+ ms" : "█ up to [1-3] ", table.Output);
        Assert.Contains("hottest slots: ", table.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is no figure", "--sort", "wait; DROP TABLE")]
    [InlineData("at least 1", "--top", "0")]
    [InlineData("is no window", "--since", "yesterday")]
    public async Task Keys_BadOption_IsBadUsage(string message, params string[] options)
    {
        var run = await ToolRun.OfAsync(["stats", "keys", .. options]);

        Assert.Equal(ExitCode.BadUsage, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Hotkeys(ToolRun run) => run.Json.GetProperty("keys").EnumerateArray().Select(row => row.GetProperty("hotkey").GetString());

    private async Task<LockScene> TrafficAsync()
    {
        var scene = await LockScene.CreateAsync(server);
        var late = await scene.Stats.KeyAsync("late", "EURUSD", 7);
        var quick = await scene.Stats.KeyAsync("quick", "EURUSD", 9);
        await scene.Stats.AddAsync(
            late, scene.Stats.Instances[0], 0, [Millisecond, 2 * Millisecond, 80 * Millisecond], [Millisecond, Millisecond, Millisecond], timedOut: 1, contendedSlot: 2);
        await scene.Stats.AddAsync(quick, scene.Stats.Instances[0], 0, [10, 20], [5 * Millisecond, 900 * Millisecond]);
        return scene;
    }
}
