using PgLocks.AdminTool;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class RegistryTests(PostgresServer server)
{
    [Fact]
    public async Task Import_PairsFromCsv_AddsOnceAndCompletesLater()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var file = await TextFile.WriteAsync("trade_pair_id,display_name,asset_class\nBTCUSD,BTC/USD,crypto\nEURUSD,,forex\n");
        await using var more = await TextFile.WriteAsync("trade_pair_id,display_name\nEURUSD,EUR/USD\nBTCUSD,BTC/USD\n");

        var first = (await scene.RunAsync("registry", "pairs", "import", file.Path, "--output", "json")).Json;
        var again = (await scene.RunAsync("registry", "pairs", "import", file.Path, "--output", "json")).Json;
        var completed = (await scene.RunAsync("registry", "pairs", "import", more.Path, "--output", "json")).Json;

        Assert.Equal((2, 2, 0, 0), Counts(first));
        Assert.Equal((2, 0, 0, 2), Counts(again));
        Assert.Equal((2, 0, 1, 1), Counts(completed));
        Assert.Equal(
            ["BTCUSD BTC/USD crypto", "EURUSD EUR/USD forex"],
            await scene.Database.ColumnAsync<string>("SELECT concat_ws(' ', trade_pair_id, display_name, asset_class) FROM pglocks.trade_pairs ORDER BY 1"));
    }

    [Fact]
    public async Task Import_DepartedMinersFromJsonLines_RetiresThem()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.RunAsync("registry", "miners", "add", "5Known");
        await using var file = await TextFile.WriteAsync(
            "{\"miner_hotkey\":\"5Known\",\"departed_ms\":1715318900670}\n{\"miner_hotkey\":\"5New\",\"departed_ms\":1715318900670}\n");

        var run = await scene.RunAsync("registry", "miners", "import", file.Path, "--output", "json");

        Assert.Equal((2, 1, 1, 0), Counts(run.Json));
        Assert.Equal(
            ["5Known t", "5New t"],
            await scene.Database.ColumnAsync<string>(
                "SELECT concat_ws(' ', hotkey, registered_at = deregistered_at) FROM pglocks.miners WHERE deregistered_at = '2024-05-10 05:28:20.67Z' ORDER BY 1"));
        Assert.Empty((await scene.RunAsync("registry", "miners", "list", "--output", "json")).Json.GetProperty("miners").EnumerateArray());
        Assert.Equal(2, (await scene.RunAsync("registry", "miners", "list", "--all", "--output", "json")).Json.GetProperty("miners").GetArrayLength());
    }

    [Fact]
    public async Task Import_BadLine_NamesItAndImportsNothing()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var file = await TextFile.WriteAsync("{\"miner_hotkey\":\"5A\"}\n{\"miner_hotkey\":\"\"}\n");

        var run = await scene.RunAsync("registry", "miners", "import", file.Path);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains("line 2", run.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.miners"));
    }

    [Fact]
    public async Task Import_NoSuchFile_IsNotFound()
    {
        await using var scene = await LockScene.CreateAsync(server);

        Assert.Equal(ExitCode.NotFound, (await scene.RunAsync("registry", "miners", "import", "/no/such/file")).ExitCode);
    }

    [Fact]
    public async Task Import_KeysOfOrders_RegistersMinersPairsAndSlots()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var file = await TextFile.WriteAsync(string.Concat(Enumerable.Range(0, 250).Select(n => $"{{\"miner_hotkey\":\"m{n % 150}\",\"trade_pair\":\"EURUSD\"}}\n")));

        var run = await scene.RunAsync("registry", "keys", "import", file.Path, "--output", "json");

        Assert.Equal((250, 150, 0, 100), Counts(run.Json));
        Assert.Equal(
            150, await scene.Database.ScalarAsync<long>(
                "SELECT count(*) FROM pglocks.position_keys JOIN pglocks.miners USING (miner_id) WHERE slot = pglocks.slot_of(hotkey, trade_pair_id)"));
    }

    [Fact]
    public async Task AddAndRetire_Miner_GoesThereAndBack()
    {
        await using var scene = await LockScene.CreateAsync(server);

        Assert.Equal("'5GhC' was added." + Environment.NewLine, (await scene.RunAsync("registry", "miners", "add", "5GhC")).Output);
        Assert.Equal("'5GhC' was there already." + Environment.NewLine, (await scene.RunAsync("registry", "miners", "add", "5GhC")).Output);
        Assert.StartsWith("'5GhC' is retired since ", (await scene.RunAsync("registry", "miners", "retire", "5GhC")).Output, StringComparison.Ordinal);
        Assert.Equal("'5GhC' was changed." + Environment.NewLine, (await scene.RunAsync("registry", "miners", "add", "5GhC")).Output);
        Assert.Equal(1, await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.miners WHERE deregistered_at IS NULL"));
    }

    [Fact]
    public async Task Retire_NotRegistered_IsNotFound()
    {
        await using var scene = await LockScene.CreateAsync(server);

        Assert.Equal(ExitCode.NotFound, (await scene.RunAsync("registry", "miners", "retire", "5GhC")).ExitCode);
        Assert.Equal(ExitCode.NotFound, (await scene.RunAsync("registry", "pairs", "retire", "EURUSD")).ExitCode);
        Assert.Equal(ExitCode.NotFound, (await scene.RunAsync("registry", "keys", "retire", "5GhC", "EURUSD")).ExitCode);
    }

    [Fact]
    public async Task Retire_Key_RemovesItOnlyWhenNothingWasRecorded()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.RunAsync("registry", "keys", "add", "typo", "EURUSD");
        var used = await scene.Stats.KeyAsync("used", "EURUSD");
        await scene.Stats.AddAsync(used, scene.Stats.Instances[0], 0, [1], [1]);

        var removed = await scene.RunAsync("registry", "keys", "retire", "typo", "EURUSD");
        var refused = await scene.RunAsync("registry", "keys", "retire", "used", "EURUSD");

        Assert.Equal(ExitCode.Done, removed.ExitCode);
        Assert.Equal(ExitCode.Refused, refused.ExitCode);
        Assert.Contains("registry miners retire used", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(["used"], await scene.Database.ColumnAsync<string>("SELECT hotkey FROM pglocks.position_keys JOIN pglocks.miners USING (miner_id)"));
    }

    [Fact]
    public async Task List_PairsAndKeys_TellWhatIsKnown()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.RunAsync("registry", "pairs", "add", "EURUSD", "--name", "EUR/USD", "--asset-class", "forex");
        await scene.RunAsync("registry", "keys", "add", "5GhC", "EURUSD");

        var pairs = await scene.RunAsync("registry", "pairs", "list", "--output", "csv");
        var keys = await scene.RunAsync("registry", "keys", "list");

        Assert.StartsWith("pair,display_name,asset_class,keys,registered_at,retired_at,last_seen_at\r\nEURUSD,EUR/USD,forex,1,", pairs.Output, StringComparison.Ordinal);
        Assert.Matches(@" 5GhC +EURUSD +\d+ ", keys.Output);
    }

    private static (int Lines, int Added, int Changed, int Unchanged) Counts(System.Text.Json.JsonElement json) =>
        (json.GetProperty("lines").GetInt32(), json.GetProperty("added").GetInt32(), json.GetProperty("changed").GetInt32(), json.GetProperty("unchanged").GetInt32());
}
