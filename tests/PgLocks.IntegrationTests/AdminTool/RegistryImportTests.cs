using System.Text;
using PgLocks.AdminTool;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.AdminTool;

public sealed class RegistryImportTests(PostgresServer server)
{
    private const int Pairs = 51;
    private const int Departed = 367;

    [Fact]
    public async Task Import_BadLines_NamesFileAndEachLineAndImportsNothing()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var file = await TextFile.WriteAsync("{\"miner_hotkey\":\"5A\"}\n{\"miner_hotkey\":\"5:B\"}\n{}\nno\n{\"miner_hotkey\":\"5C\"}\n");

        var run = await scene.RunAsync("registry", "miners", "import", file.Path);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        foreach (var part in (string[])[file.Path, "line 2 is refused", "line 3 has no miner_hotkey", "line 4 is no JSON object", "Nothing was imported"])
            Assert.Contains(part, run.Errors.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(0, await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.miners"));
    }

    [Fact]
    public async Task Import_MoreBadLinesThanOneReads_QuotesTheFirstAndCountsTheOthers()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var file = await TextFile.WriteAsync("hotkey\n" + string.Concat(Enumerable.Repeat("a,b\n", 25)));

        var run = await scene.RunAsync("registry", "miners", "import", file.Path, "--output", "json");

        Assert.Contains("line 11 has 2 cells, and the header has 1; and 15 more.", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_NotUtf8_IsRefusedAndNotGuessed()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var file = await TextFile.WriteAsync("");
        await File.WriteAllBytesAsync(file.Path, [.. "hotkey\n5G"u8, 0xE4, .. "h\n"u8], TestContext.Current.CancellationToken);

        var run = await scene.RunAsync("registry", "miners", "import", file.Path);

        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains("UTF-8", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ServerRefusesALaterBatch_LeavesNothingOfTheEarlier()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await scene.Database.ExecuteAsync("ALTER TABLE pglocks.miners ADD CHECK (hotkey <> 'm299')");
        await using var file = await TextFile.WriteAsync("hotkey\n" + string.Concat(Enumerable.Range(0, 300).Select(n => $"m{n}\n")));

        var run = await scene.RunAsync("registry", "miners", "import", file.Path);

        Assert.NotEqual(ExitCode.Done, run.ExitCode);
        Assert.Equal(0, await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.miners"));
    }

    [Fact]
    public async Task Import_RealPairsAndDepartedMiners_AreAllThereAndTheirKeysAreRefused()
    {
        await using var scene = await LockScene.CreateAsync(server);
        await using var pairs = await CopyAsync("trade-pairs.csv", MadeUpPairs);
        await using var miners = await CopyAsync("departed-miners.jsonl", MadeUpMiners);

        Assert.Equal(Pairs, (await scene.RunAsync("registry", "pairs", "import", pairs.Path, "--output", "json")).Json.GetProperty("added").GetInt32());
        Assert.Equal(Departed, (await scene.RunAsync("registry", "miners", "import", miners.Path, "--output", "json")).Json.GetProperty("added").GetInt32());

        Assert.Equal(Pairs, await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.trade_pairs WHERE display_name <> '' AND asset_class <> '' AND retired_at IS NULL"));
        Assert.Equal(Departed, await scene.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.miners WHERE deregistered_at < now()"));
        var hotkey = await scene.Database.ScalarAsync<string>("SELECT hotkey FROM pglocks.miners LIMIT 1");
        await using var provider = await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = scene.Database.ConnectionString, RequireRegistered = true });
        var refused = await Assert.ThrowsAsync<UnregisteredKeyException>(() => provider.AcquireAsync(new PositionKey(hotkey!, "BTCUSD")).AsTask());
        Assert.Equal(UnregisteredReason.RetiredMiner, refused.Reason);
    }

    private static async Task<TextFile> CopyAsync(string name, Func<string> madeUp) =>
        await TextFile.WriteAsync(SharedData.Find(name) is { } path ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : madeUp());

    private static string MadeUpPairs() => Lines("trade_pair_id,display_name,asset_class", Pairs, n => $"{(n == 0 ? "BTCUSD" : $"P{n}USD")},P{n}/USD,crypto");

    private static string MadeUpMiners() => Lines("", Departed, n => $"{{\"miner_hotkey\":\"5D{n}\",\"departed_ms\":{1715318900670 + n}}}").TrimStart();

    private static string Lines(string header, int count, Func<int, string> line)
    {
        var text = new StringBuilder(header).Append('\n');
        for (var n = 0; n < count; n++)
            text.Append(line(n)).Append('\n');
        return text.ToString();
    }
}
