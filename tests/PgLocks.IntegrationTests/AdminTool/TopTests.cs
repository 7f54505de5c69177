using System.Text.Json;
using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

/// <summary>What <c>top</c> prints where there is no terminal.</summary>
public sealed class TopTests(PostgresServer server)
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public async Task Top_NoTerminal_PrintsOneFrameAsPlainText()
    {
        await using var scene = await SceneAsync();

        var run = await scene.RunAsync("top");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.Matches(@"instances live +1 ", run.Output);
        Assert.Matches(@"slots owned +2 ", run.Output);
        Assert.Matches(@" 17 .*held .*1 min 3\d s .* 5GhC/EURUSD .*orders@host-1 \(pid 4711\)", run.Output);
        Assert.Matches(@" 18 .*kept ", run.Output);
        Assert.Empty(run.Errors);
    }

    [Fact]
    public async Task Top_Json_HasTotalsAndRows()
    {
        await using var scene = await SceneAsync();

        var json = (await scene.RunAsync("top", "--output", "json", "--by", "keys", "--sort", "acquired")).Json;

        Assert.True(json.GetProperty("ok").GetBoolean());
        Assert.Equal(60_000, json.GetProperty("period_ms").GetInt64());
        Assert.Equal(3 / 60.0, json.GetProperty("acquired_per_s").GetDouble(), 1e-9);
        Assert.Equal((2, 0, 0), (Number(json, "slots_owned"), Number(json, "waiters"), Number(json, "slots_waited_for")));
        var rows = json.GetProperty("keys");
        Assert.Equal(["busy", "5GhC"], rows.EnumerateArray().Select(row => row.GetProperty("hotkey").GetString()));
        Assert.Equal(2 * Millisecond, rows[0].GetProperty("wait_mean_ns").GetInt64());
        Assert.Equal(200 * Millisecond, rows[0].GetProperty("hold_mean_ns").GetInt64());
        Assert.Equal(0.01, rows[0].GetProperty("busy").GetDouble(), 1e-9);
        Assert.Equal(0.05, rows[0].GetProperty("contended_slot_per_s").GetDouble(), 1e-9);
        Assert.Equal("held", rows[1].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Top_Frames_PrintsAnObjectALineAndCountsWhatCameBetween()
    {
        await using var scene = await SceneAsync();
        var lines = new LineWriter();
        var running = Tool.RunAsync(
            ["top", "--output", "json", "--frames", "3", "--interval", "300ms", "--sort", "acquired", "--connection", scene.Database.ConnectionString], lines, TextWriter.Null,
            TestContext.Current.CancellationToken);
        await lines.WaitForAsync(1);
        var key = await scene.Stats.KeyAsync("new", "EURUSD", 40);
        await scene.Stats.AddAsync(key, scene.Stats.Instances[0], 55, [.. Enumerable.Repeat(1L, 100)], [.. Enumerable.Repeat(1L, 100)]);

        Assert.Equal(ExitCode.Done, await running);

        var frames = lines.All.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(3, frames.Count);
        Assert.Equal(3, Acquired(frames[0]), 0.1);
        Assert.Equal(103, Acquired(frames[2]), 0.1);
        Assert.Equal(40, Number(frames[2].GetProperty("slots")[0], "slot"));

        static double Acquired(JsonElement frame) => frame.GetProperty("acquired_per_s").GetDouble() * frame.GetProperty("period_ms").GetInt64() / 1000;
    }

    [Fact]
    public async Task Top_Csv_ListsRows()
    {
        await using var scene = await SceneAsync();

        var run = await scene.RunAsync("top", "--once", "--sort", "hold", "--top", "1", "--output", "csv");

        var lines = run.Output.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("slot,state,hold_age_ms,waiters,longest_wait_ms,acquired_per_s,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("17,held,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_SessionInLine_IsCountedWithItsWait()
    {
        await using var scene = await SceneAsync();
        var late = await scene.ProcessAsync("late", 4712);
        _ = await scene.WaitAsync(late, 17);

        var json = (await scene.RunAsync("top", "--output", "json")).Json;

        Assert.Equal((2, 1, 1), (Number(json, "instances"), Number(json, "waiters"), Number(json, "slots_waited_for")));
        Assert.Equal((17, 1), (Number(json.GetProperty("slots")[0], "slot"), Number(json.GetProperty("slots")[0], "waiters")));
        Assert.True(json.GetProperty("longest_wait_ms").GetInt64() >= 0);
    }

    [Fact]
    public async Task Top_ReaderRole_SeesTheSame()
    {
        await using var scene = await SceneAsync();
        await using var reader = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_reader");

        var json = (await ToolRun.OfAsync("top", "--output", "json", "--connection", reader.ConnectionString)).Json;

        Assert.Equal((1, 2), (Number(json, "instances"), Number(json, "slots_owned")));
    }

    [Theory]
    [InlineData("--frames", "0")]
    [InlineData("--sort", "luck")]
    [InlineData("--by", "miners")]
    [InlineData("--interval", "0s")]
    public async Task Top_BadOption_IsBadUsage(params string[] option) =>
        Assert.Equal(ExitCode.BadUsage, (await ToolRun.OfAsync(["top", .. option])).ExitCode);

    [Fact]
    public async Task Top_ServerDown_CannotConnectAndKeepsThePasswordToItself()
    {
        var run = await ToolRun.OfAsync("top", "--connection", "Host=127.0.0.1;Port=1;Username=x;Password=s3cret-word");

        Assert.Equal(ExitCode.CannotConnect, run.ExitCode);
        Assert.DoesNotContain("s3cret", run.All, StringComparison.Ordinal);
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private async Task<LockScene> SceneAsync()
    {
        var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");
        await LockScene.GainAsync(orders, 18);
        var busy = await scene.Stats.KeyAsync("busy", "EURUSD", 30);
        await scene.Stats.AddAsync(
            busy, scene.Stats.Instances[0], 30, [Millisecond, 2 * Millisecond, 3 * Millisecond], [100 * Millisecond, 200 * Millisecond, 300 * Millisecond], contendedSlot: 3);
        return scene;
    }

    /// <summary>Keeps lines, and tells when there are enough.</summary>
    private sealed class LineWriter : StringWriter
    {
        public string[] All => ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        public Task WaitForAsync(int count) => Eventually.ThatAsync(() => All.Length >= count, because: $"{count} lines were written");
    }
}
