using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class LocksListTests(PostgresServer server)
{
    [Fact]
    public async Task List_NothingHeld_SaysSoInEveryFormat()
    {
        await using var scene = await LockScene.CreateAsync(server);

        var table = await scene.RunAsync("locks", "list");
        var json = await scene.RunAsync("locks", "list", "--output", "json");
        var csv = await scene.RunAsync("locks", "list", "--output", "csv");

        Assert.Equal(ExitCode.Done, table.ExitCode);
        Assert.Equal("No slot of space 'default' is held." + Environment.NewLine, table.Output);
        Assert.Equal("""{"ok":true,"space":"default","locks":[]}""" + Environment.NewLine, json.Output);
        Assert.Equal(
            "slot,hotkey,pair,state,hold_age_ms,is_hold_age_at_least,acquired_at,fencing_token,waiters,instance_id,application,host,pid,role,backend_pid,"
            + "backend_start,user_name,session_state\r\n",
            csv.Output);
    }

    [Fact]
    public async Task List_HeldKeptAndForeign_TellsThemApart()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");
        await LockScene.GainAsync(orders, 18);
        var psql = await scene.SessionAsync("psql");
        await LockScene.GainAsync(psql, 19);

        var locks = (await scene.RunAsync("locks", "list", "--output", "json")).Json.GetProperty("locks");

        var states = locks.EnumerateArray().ToDictionary(row => row.GetProperty("slot").GetInt32(), row => row.GetProperty("state").GetString());
        Assert.Equal(new Dictionary<int, string?> { [17] = "held", [18] = "kept", [19] = "foreign" }, states);
        var held = locks.EnumerateArray().Single(row => row.GetProperty("slot").GetInt32() == 17);
        Assert.Equal("5GhC", held.GetProperty("hotkey").GetString());
        Assert.Equal("EURUSD", held.GetProperty("pair").GetString());
        Assert.Equal(77, held.GetProperty("fencing_token").GetInt64());
        Assert.InRange(held.GetProperty("hold_age_ms").GetInt64(), 90_000, 3_600_000);
        Assert.Equal(orders.ProcessID, held.GetProperty("backend_pid").GetInt32());
        Assert.Equal("host-1", held.GetProperty("host").GetString());
    }

    [Fact]
    public async Task List_Table_NamesKeyProcessAndBackend()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");

        var run = await scene.RunAsync("locks", "list");

        Assert.Matches($@" 17 .*5GhC/EURUSD .*held .*1 min 3\d s .*orders@host-1 \(pid 4711\) .*{orders.ProcessID} ", run.Output);
    }

    [Fact]
    [Trait("Pitfall", "29: keys can carry terminal escapes and formulas")]
    public async Task List_KeyWithControlCharactersAndFormula_IsHarmlessEverywhere()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "=cmd\u001b[2J", "[red]EURUSD", "90 seconds");

        var table = await scene.RunAsync("locks", "list");
        var csv = await scene.RunAsync("locks", "list", "--output", "csv");

        Assert.Contains("=cmd\\u001b[2J/[red]EURUSD", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table.Output);
        Assert.Contains("17,'=cmd", csv.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_SessionInLine_NamesItAndTheHolder()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");
        var late = await scene.ProcessAsync("late", 4712);
        var wait = await scene.WaitAsync(late, 17);

        var table = await scene.RunAsync("locks", "waiting");
        var json = (await scene.RunAsync("locks", "waiting", "--output", "json")).Json.GetProperty("waiters");
        await orders.ExecuteAsync("SELECT pg_advisory_unlock_all()");
        await wait;

        var row = Assert.Single(json.EnumerateArray());
        Assert.Equal(late.ProcessID, row.GetProperty("backend_pid").GetInt32());
        Assert.Equal(orders.ProcessID, row.GetProperty("holder_backend_pid").GetInt32());
        Assert.Equal("EURUSD", row.GetProperty("holder_pair").GetString());
        Assert.Equal("late", row.GetProperty("application").GetString());
        Assert.Matches(@"late@host-1 \(pid 4712\) .*orders@host-1 \(pid 4711\) .*5GhC/EURUSD", table.Output);
        Assert.Equal("Nobody waits for a slot of space 'default'." + Environment.NewLine, (await scene.RunAsync("locks", "waiting")).Output);
    }
}
