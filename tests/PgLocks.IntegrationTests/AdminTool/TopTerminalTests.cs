using Npgsql;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

/// <summary>The live screen, in a real terminal.</summary>
public sealed class TopTerminalTests(PostgresServer server) : IAsyncLifetime
{
    private LockScene _scene = null!;
    private Terminal _terminal = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await LockScene.CreateAsync(server);
        _terminal = await Terminal.StartAsync(150, 30, [new("PGLOCKS_CONNECTION", _scene.Database.ConnectionString)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _terminal.DisposeAsync();
        await _scene.DisposeAsync();
    }

    [Fact]
    public async Task Top_HolderAndWaiter_AreShownAndGoAgain()
    {
        var (orders, wait) = await HeldAndWaitedForAsync();

        await TopAsync();
        var screen = await _terminal.WaitForAsync("1 session waits");

        Assert.Contains("2 instances live   2 of 256 slots owned", screen[1], StringComparison.Ordinal);
        Assert.Equal("slots by wait", screen[3]);
        Assert.Matches(@"^ +17 +held +1 min \d+ s +1 +\d", screen[5]);
        Assert.EndsWith("5GhC/EURUSD  orders@host-1 (pid 4711)", screen[5], StringComparison.Ordinal);
        Assert.Matches(@"^ +18 +kept +- +0 +- ", screen[6]);

        await orders.ExecuteAsync("SELECT pg_advisory_unlock_all()");
        await wait;
        await _terminal.WaitForAsync("1 of 256 slots owned   nobody waits");
    }

    [Fact]
    public async Task Top_Keys_SortFilterPauseAndLookInto()
    {
        var (orders, _) = await HeldAndWaitedForAsync();
        await TopAsync("--by keys");
        await _terminal.WaitForAsync("keys by wait");

        await _terminal.PressAsync("h");
        await _terminal.WaitForAsync("keys by hold");
        await _terminal.PressAsync("Tab");
        await _terminal.WaitForAsync("slots by hold");
        await _terminal.PressAsync("/", "1", "8");
        Assert.DoesNotContain(await _terminal.WaitForAsync("filter: 18_"), line => line.Contains("  17  ", StringComparison.Ordinal));
        await _terminal.PressAsync("Escape");
        await _terminal.WaitForAsync("5GhC/EURUSD");

        await _terminal.PressAsync("Space");
        await _terminal.WaitForAsync("PAUSED");
        await LockScene.GainAsync(orders, 99);
        await _terminal.PressAsync("Space");
        Assert.DoesNotContain(await _terminal.WaitForAsync("3 of 256 slots owned"), line => line.Contains("PAUSED", StringComparison.Ordinal));

        await _terminal.PressAsync("Enter");
        var screen = await _terminal.WaitForAsync("Waiters");
        Assert.Equal("slot 17", screen[3]);
        Assert.Contains(screen, line => line.Contains("late@host-1 (pid 4712)", StringComparison.Ordinal) && line.Contains("orders@host-1 (pid 4711)", StringComparison.Ordinal));
        Assert.Contains(screen, line => line.StartsWith("Nothing happened", StringComparison.Ordinal));
        await _terminal.PressAsync("Escape");
        await _terminal.WaitForAsync("slots by hold");
    }

    [Fact]
    public async Task Top_Paused_KeepsTheScreenAsItWas()
    {
        var orders = await _scene.ProcessAsync("orders", 4711);
        await TopAsync();
        await _terminal.PressAsync("Space");
        var before = await _terminal.WaitForAsync("PAUSED");

        await LockScene.GainAsync(orders, 99);
        var looks = await StatementsAsync();
        await Eventually.ThatAsync(async () => await StatementsAsync() > looks + 5, because: "top goes on looking");

        Assert.Equal(before, await _terminal.ScreenAsync());
        await _terminal.PressAsync("Space");
        await _terminal.WaitForAsync("1 of 256 slots owned");

        Task<long> StatementsAsync() => _scene.Database.ScalarAsync<long>(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()");
    }

    [Fact]
    public async Task Top_TerminalResized_FitsTheNewSize()
    {
        await HeldAndWaitedForAsync();
        await TopAsync();

        await _terminal.ResizeAsync(60, 12);
        var narrow = await _terminal.WaitForAsync(screen => Fills(screen, 12), "it fills the smaller terminal");
        Assert.All(narrow, line => Assert.True(line.Length <= 60));
        Assert.Matches("^slot  state .* waits for", narrow[4]);

        await _terminal.ResizeAsync(150, 30);
        await _terminal.WaitForAsync(screen => Fills(screen, 30) && screen[4].EndsWith("process", StringComparison.Ordinal), "it fills the terminal again");

        static bool Fills(string[] screen, int height) => screen.Length == height
            && screen[0].StartsWith("pglocks top", StringComparison.Ordinal) && screen[^1].StartsWith("q quit", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_SessionEnded_SaysSoAndGoesOnWithAnother()
    {
        await TopAsync("--interval 500ms");

        await AllowConnectionsAsync(false);
        await _terminal.WaitForAsync("NO NEWS: ");
        await AllowConnectionsAsync(true);

        await _terminal.WaitForAsync(screen => screen[3] == "slots by wait", "it looks again");
    }

    [Theory]
    [InlineData("q")]
    [InlineData("C-c")]
    public async Task Top_Ended_RestoresTheTerminalAndLeavesNoSession(string key)
    {
        await _terminal.TypeAsync("echo before");
        await _terminal.WaitForAsync(screen => screen.Contains("before") && screen[^1] == Terminal.Prompt, "the shell has answered");
        await TopAsync();

        await _terminal.PressAsync(key);

        await _terminal.WaitForAsync(screen => screen[^1].EndsWith(Terminal.Prompt, StringComparison.Ordinal), "the shell is back");
        await _terminal.TypeAsync("echo code $?; stty -a | grep -o -- '[-]*\\(echo\\|icanon\\|isig\\)\\b'");
        var screen = await _terminal.WaitForAsync(
            lines => lines.Any(line => line is "icanon" or "-icanon") && lines[^1].EndsWith(Terminal.Prompt, StringComparison.Ordinal), "the settings are printed");
        Assert.Contains("before", screen);
        Assert.Contains("code 0", screen);
        Assert.DoesNotContain(screen, line => line is "-echo" or "-icanon" or "-isig");
        await Eventually.EqualAsync(0, () => _scene.Database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pglocks:admin' AND datname = current_database()"));
    }

    [Theory]
    [InlineData("screen", "top --once")]
    [InlineData("screen", "top | cat")]
    [InlineData("dumb", "top")]
    public async Task Top_OnceOrNoScreenToDrawOn_PrintsOneFrameAndEnds(string kind, string call)
    {
        await _terminal.TypeAsync($"TERM={kind}");
        await _terminal.RunToolAsync(call);

        await _terminal.WaitForAsync(
            screen => screen.Any(line => line.StartsWith("No slot of space 'default' is held", StringComparison.Ordinal)) && screen[^1].EndsWith(Terminal.Prompt, StringComparison.Ordinal),
            "the frame is printed and the shell is back");
    }

    private async Task AllowConnectionsAsync(bool isAllowed)
    {
        await using var other = new NpgsqlConnection(await server.GetConnectionStringAsync(TestContext.Current.CancellationToken));
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await other.ExecuteAsync($"ALTER DATABASE \"{_scene.Database.Name}\" ALLOW_CONNECTIONS {isAllowed}");
        if (!isAllowed)
            await other.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pglocks:admin' AND datname = $1", _scene.Database.Name);
    }

    private async Task TopAsync(string options = "")
    {
        await _terminal.RunToolAsync($"top {options}");
        await _terminal.WaitForAsync("q quit");
    }

    private async Task<(NpgsqlConnection Holder, Task Wait)> HeldAndWaitedForAsync()
    {
        var orders = await _scene.ProcessAsync("orders", 4711);
        await _scene.HoldAsync(orders, 17, "5GhC", "EURUSD", "90 seconds");
        await LockScene.GainAsync(orders, 18);
        var late = await _scene.ProcessAsync("late", 4712);
        return (orders, await _scene.WaitAsync(late, 17));
    }
}
