using Npgsql;
using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class LocksTerminateTests(PostgresServer server)
{
    [Fact]
    public async Task Terminate_Yes_EndsTheSessionAndTellsWhatElseItHeld()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");
        await scene.HoldAsync(orders, 30, "5Dxx", "BTCUSD", "2 seconds");
        await orders.ExecuteAsync("SELECT pg_advisory_lock_shared($1, -1)", LockScene.ClassId);
        var backend = orders.ProcessID;

        var run = await scene.RunAsync("locks", "terminate", "17", "--yes", "--output", "json");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.True(run.Json.GetProperty("terminated").GetBoolean());
        Assert.True(run.Json.GetProperty("is_gone").GetBoolean());
        Assert.Equal(
            ["mark that space 'default' is in use", "slot 17 of space 'default'", "slot 30 of space 'default'"],
            run.Json.GetProperty("session_locks").EnumerateArray().Select(row => row.GetProperty("what").GetString()).Order());
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => orders.ExecuteAsync("SELECT 1"));
        Assert.Equal(
            $"terminate 17 {backend}",
            await scene.Database.ScalarAsync<string>("SELECT concat_ws(' ', kind, slot, data->>'backend_pid') FROM pglocks.lock_events"));
    }

    [Theory]
    [InlineData("y", true)]
    [InlineData("Yes", true)]
    [InlineData("n", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task Terminate_Asked_DoesAsAnswered(string? answer, bool isEnded)
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");

        var run = await scene.RunAsync(new StringReader(answer is null ? "" : answer + "\n"), "locks", "terminate", "17");

        Assert.Equal(isEnded ? ExitCode.Done : ExitCode.Refused, run.ExitCode);
        Assert.Contains("This session holds", run.Output, StringComparison.Ordinal);
        Assert.Contains("5GhC/EURUSD", run.Output, StringComparison.Ordinal);
        Assert.Contains($"End this session (backend {orders.ProcessID})", run.Errors, StringComparison.Ordinal);
        Assert.Equal(isEnded ? 0 : 1, await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.current_holders"));
    }

    [Fact]
    public async Task Terminate_NobodyToAsk_RefusesAndNamesYes()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await LockScene.GainAsync(await scene.SessionAsync("psql"), 17);

        var run = await scene.RunAsync("locks", "terminate", "17", "--output", "json");

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains("--yes", run.Json.GetProperty("error").GetProperty("next").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.current_holders"));
    }

    [Fact]
    public async Task Terminate_SlotThatNobodyHolds_IsNotFound()
    {
        await using var scene = await LockScene.CreateAsync(server);

        var run = await scene.RunAsync("locks", "terminate", "17", "--yes");

        Assert.Equal(ExitCode.NotFound, run.ExitCode);
        Assert.Contains("Nobody holds slot 17", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_HolderChangedWhileAsking_EndsNobody()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var before = await scene.SessionAsync("before");
        await LockScene.GainAsync(before, 17);
        var after = await scene.SessionAsync("after");
        var wait = await scene.WaitAsync(after, 17);

        var run = await scene.RunAsync(
            new AnswerAfter("y", async () =>
            {
                await before.ExecuteAsync("SELECT pg_advisory_unlock_all()");
                await wait;
            }),
            "locks", "terminate", "17");

        Assert.Equal(ExitCode.NotFound, run.ExitCode);
        Assert.Contains("does not hold slot 17", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, await before.ScalarAsync<int>("SELECT 2"));
        Assert.Equal(2, await after.ScalarAsync<int>("SELECT 2"));
    }

    [Fact]
    public async Task Terminate_SharedByTwo_AsksWhichAndEndsThatOne()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var one = await scene.SessionAsync("one");
        var two = await scene.SessionAsync("two");
        await one.ExecuteAsync("SELECT pg_advisory_lock_shared($1, 17)", LockScene.ClassId);
        await two.ExecuteAsync("SELECT pg_advisory_lock_shared($1, 17)", LockScene.ClassId);

        var unclear = await scene.RunAsync("locks", "terminate", "17", "--yes");
        var clear = await scene.RunAsync("locks", "terminate", "17", "--backend", $"{two.ProcessID}", "--yes");

        Assert.Equal(ExitCode.Refused, unclear.ExitCode);
        Assert.Contains("--backend", unclear.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, clear.ExitCode);
        Assert.Equal(2, await one.ScalarAsync<int>("SELECT 2"));
    }

    [Fact]
    public async Task Terminate_ReaderRole_IsRefused()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var reader = await TestRole.CreateAsync(scene.Database, memberOf: "pglocks_reader");
        await LockScene.GainAsync(await scene.SessionAsync("psql"), 17);

        var run = await ToolRun.OfAsync("locks", "terminate", "17", "--yes", "--connection", reader.ConnectionString);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains("pglocks_admin", run.Errors, StringComparison.Ordinal);
    }

    /// <summary>Answers once something has happened.</summary>
    private sealed class AnswerAfter(string answer, Func<Task> happens) : TextReader
    {
        public override string? ReadLine()
        {
            happens().GetAwaiter().GetResult();
            return answer;
        }
    }
}
