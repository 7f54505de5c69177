using System.Text.Json;
using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Demo;

/// <summary>The demo with real processes, each run in a database that it creates on the server of the tests.</summary>
public sealed class DemoTests(PostgresServer server)
{
    private const string DemoDatabases = "SELECT count(*) FROM pg_database WHERE datname LIKE 'pglocks\\_demo\\_%'";

    [Fact]
    public async Task Demo_OneProcessorKilled_EndsAsTheReplayDoes()
    {
        using var orders = OrderFile.Real();

        var run = await RunAsync("--orders", orders.Path, "--processes", "3", "--tasks", "4");

        Assert.Equal(0, run.ExitCode);
        Assert.True(run.Json.GetProperty("ok").GetBoolean());
        Assert.True(run.Json.GetProperty("all_equal").GetBoolean());
        Assert.Equal(OrderFile.RealOrders, run.Json.GetProperty("orders_recorded").GetInt32());
        Assert.Equal(0, run.Json.GetProperty("lost_updates").GetInt32());
        Assert.NotEqual(JsonValueKind.Null, run.Json.GetProperty("killed_pid").ValueKind);
        Assert.InRange(run.Json.GetProperty("redelivered").GetInt32(), 1, 4 * 3);
        Assert.Contains("killed with SIGKILL", run.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(DemoDatabases));
    }

    [Fact]
    public async Task Demo_Locked_ShowsWhatTheTelemetryRecorded()
    {
        var run = await RunAsync("--count", "200", "--processes", "2", "--tasks", "4");

        var hottest = run.Json.GetProperty("hottest").EnumerateArray().ToList();
        Assert.Equal(10, hottest.Count);
        Assert.Equal(hottest.Select(Acquired).OrderDescending(), hottest.Select(Acquired));
        // The killed processor takes what it had not yet written with it, how much of its half that is depends on the moment; the other one, which ended well, loses nothing.
        Assert.InRange(run.Json.GetProperty("acquired").GetInt64(), 50, 250);
        Assert.InRange(run.Json.GetProperty("hold_p99_ns").GetInt64(), run.Json.GetProperty("hold_p50_ns").GetInt64(), run.Json.GetProperty("hold_max_ns").GetInt64());
        Assert.Equal(256, run.Json.GetProperty("slots").GetInt32());
    }

    [Fact]
    public async Task Demo_WithoutLocks_ReportsTheLostUpdates()
    {
        var run = await RunAsync("--count", "300", "--processes", "3", "--tasks", "4", "--work-ms", "20", "--no-lock");

        Assert.Equal(0, run.ExitCode);
        Assert.InRange(run.Json.GetProperty("lost_updates").GetInt32(), 1, 299);
        Assert.False(run.Json.GetProperty("all_equal").GetBoolean());
        Assert.NotEmpty(run.Json.GetProperty("differences").EnumerateArray());
    }

    [Fact]
    public async Task Demo_WithoutLocksForPeople_SaysSo()
    {
        var run = await RunForPeopleAsync("--count", "100", "--processes", "2", "--tasks", "4", "--work-ms", "20", "--no-lock");

        Assert.Contains("updates are lost without locks", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_ForPeople_EndsWithTheProof()
    {
        var run = await RunForPeopleAsync("--count", "100", "--processes", "2", "--tasks", "4");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("equal a single-threaded replay, to the last decimal; 100 orders, each applied exactly once.", run.Output, StringComparison.Ordinal);
        Assert.Contains("hottest positions", run.Output, StringComparison.Ordinal);
        Assert.Contains("killed with SIGKILL", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_MalformedLine_ReportsItsNumberAndDoesTheRest()
    {
        using var orders = OrderFile.Of([.. OrderFile.Lines(20), "{", .. OrderFile.Lines(20, seed: 2)]);

        var run = await RunAsync("--orders", orders.Path, "--processes", "2");

        Assert.Equal(1, run.ExitCode);
        Assert.False(run.Json.GetProperty("ok").GetBoolean());
        Assert.Equal(1, run.Json.GetProperty("malformed_lines").GetInt32());
        Assert.Equal(40, run.Json.GetProperty("orders_recorded").GetInt32());
        Assert.True(run.Json.GetProperty("all_equal").GetBoolean());
        Assert.Contains("Line 21 is not an order", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_Kept_LeavesItsDatabaseWithTheFiguresInIt()
    {
        var run = await RunAsync("--count", "50", "--processes", "2", "--keep");

        var kept = run.Json.GetProperty("connection_string").GetString()!;
        await using (var connection = new NpgsqlConnection(kept))
        {
            await connection.OpenAsync();
            await using var count = new NpgsqlCommand("SELECT sum(order_count) FROM positions", connection);
            Assert.Equal(50L, await count.ExecuteScalarAsync());
        }
        NpgsqlConnection.ClearAllPools();
        await CountAsync($"""DROP DATABASE "{new NpgsqlConnectionStringBuilder(kept).Database}" WITH (FORCE)""");
    }

    [Fact]
    public async Task Demo_Interrupted_EndsItsProcessorsAndDropsItsDatabase()
    {
        using var interrupt = new CancellationTokenSource();
        var running = RunAsync(interrupt.Token, "--count", "5000", "--processes", "2", "--work-ms", "50");
        await Eventually.ThatAsync(
            async () => await CountAsync("SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'pglocks\\_demo\\_%' AND application_name LIKE 'pglocks:OrderProcessor:%'") > 0,
            TimeSpan.FromMinutes(2), "processors are at work");

        await interrupt.CancelAsync();

        Assert.Equal(130, (await running).ExitCode);
        Assert.Equal(0, await CountAsync(DemoDatabases));
    }

    [Fact]
    public async Task Demo_NoServerThere_CannotConnect()
    {
        var run = await ToolRun.OfAsync("demo", "--connection", "Host=127.0.0.1;Port=1;Username=nobody;Database=orders", "--output", "json");

        Assert.Equal(3, run.ExitCode);
        Assert.False(run.Json.GetProperty("ok").GetBoolean());
    }

    private static long Acquired(JsonElement key) => key.GetProperty("acquired").GetInt64();

    private Task<ToolRun> RunAsync(params IEnumerable<string> arguments) => RunAsync(CancellationToken.None, arguments);

    private async Task<ToolRun> RunAsync(CancellationToken cancellationToken, params IEnumerable<string> arguments) =>
        await ToolRun.OfAsync(TextReader.Null, cancellationToken, ["demo", "--output", "json", "--connection", await server.GetConnectionStringAsync(), .. arguments]);

    private async Task<ToolRun> RunForPeopleAsync(params IEnumerable<string> arguments) =>
        await ToolRun.OfAsync(["demo", "--connection", await server.GetConnectionStringAsync(), .. arguments]);

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(await server.GetConnectionStringAsync());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as long? ?? 0;
    }
}
