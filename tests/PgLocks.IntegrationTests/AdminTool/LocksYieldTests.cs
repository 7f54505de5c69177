using PgLocks.AdminTool;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class LocksYieldTests(PostgresServer server)
{
    [Fact]
    public async Task Yield_ProcessThatListens_GetsTheSlotNumberAndYields()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await LockScene.GainAsync(orders, 17);
        var listener = await scene.SessionAsync("listener");
        var payload = "";
        listener.Notification += (_, notification) => payload = notification.Payload;
        await listener.ExecuteAsync("LISTEN pglocks_1346849792");

        var yielding = scene.RunAsync("locks", "yield", "17", "--wait", "15s", "--output", "json");
        await listener.WaitAsync(TestContext.Current.CancellationToken);
        await orders.ExecuteAsync("SELECT pg_advisory_unlock_all()");
        var run = await yielding;

        Assert.Equal("17", payload);
        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.True(run.Json.GetProperty("has_changed").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.Json.GetProperty("holder_after").ValueKind);
        Assert.Equal("yield 17", await scene.Database.ScalarAsync<string>("SELECT concat_ws(' ', kind, slot) FROM pglocks.lock_events"));
    }

    [Fact]
    public async Task Yield_SessionThatIsNoProcess_SaysThatItDoesNotListen()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await LockScene.GainAsync(await scene.SessionAsync("psql"), 17);

        var run = await scene.RunAsync("locks", "yield", "17", "--wait", "1ms");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("does not listen", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Yield_CallerHasAKey_SaysWhich()
    {
        await using var scene = await LockScene.CreateAsync(server);
        var orders = await scene.ProcessAsync("orders", 4711);
        await scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");

        var run = await scene.RunAsync("locks", "yield", "17", "--wait", "1ms");

        Assert.Contains("a caller has 5GhC/EURUSD", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Yield_SlotThatNobodyHolds_IsNotFound()
    {
        await using var scene = await LockScene.CreateAsync(server);

        Assert.Equal(ExitCode.NotFound, (await scene.RunAsync("locks", "yield", "17")).ExitCode);
    }
}
