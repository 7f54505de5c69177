using CsCheck;
using PgLocks.Keys;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>SQL, C# and the processors that PgLocks replaces must agree on every key.</summary>
public sealed class SlotOfTests(PostgresServer server, SharedDatabase shared) : IClassFixture<SharedDatabase>
{
    private static readonly int[] PoolSizes = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

    private static readonly Gen<string> Text = Gen.Char.Array[1, 40]
        .Select(characters => new string([.. characters.Where(character => !char.IsSurrogate(character) && !char.IsControl(character))]))
        .Where(text => text.Length > 0);

    private static readonly Gen<string> BeyondTheFirstPlane = Gen.Int[0x10000, 0x10FFFF].Array[1, 10]
        .Select(codes => string.Concat(codes.Select(char.ConvertFromUtf32)));

    private static readonly Gen<string> Part = Gen.OneOf(Text, BeyondTheFirstPlane);

    [Theory]
    // int.from_bytes(hashlib.sha256(f"{hotkey}:{pair}".encode()).digest(), "big") % pool, from Python.
    [InlineData("5GhC", "EURUSD", 14, 46, 2862)]
    [InlineData("5DaW56UgHGBmSmMRbpkWAXN5HPrLdqXTNFmnKmpwjEBAGJ8b", "BTCUSD", 1, 241, 2801)]
    [InlineData("miner", "ÅÄÖ/日本", 3, 243, 4083)]
    [InlineData("m", "a:b", 10, 42, 2346)]
    [InlineData("🦀", "🔒", 9, 9, 777)]
    public async Task SlotInPool_FixedVectors_AreThoseOfPython(string hotkey, string pair, int of16, int of256, int of4096)
    {
        Assert.Equal(of256, await shared.Database.ScalarAsync<int>("SELECT pglocks.slot_of($1, $2)", hotkey, pair));
        Assert.Equal(
            [of16, of256, of4096],
            await shared.Database.ColumnAsync<int>("SELECT pglocks.slot_in_pool($1 || ':' || $2, pool) FROM unnest($3) pool", hotkey, pair, new[] { 16, 256, 4096 }));
    }

    [Fact]
    public async Task SlotOf_RandomUnicodeKeysAndEveryPoolSize_IsTheMappingOfTheLibrary()
    {
        await using var database = await server.CreateDatabaseAsync();
        foreach (var size in PoolSizes)
            await database.ExecuteAsync("SELECT pglocks.create_space($1, $2)", $"pool-{size}", size);

        await Gen.Select(Part, Part, Gen.Int[0, PoolSizes.Length - 1].Select(n => PoolSizes[n])).Array[100].SampleAsync(
            async keys =>
            {
                var fit = keys.Select(key => (Hotkey: key.Item1.Replace(":", ""), Pair: key.Item2, Pool: key.Item3)).Where(key => key.Hotkey.Length > 0).ToList();
                var slots = await database.ColumnAsync<int>(
                    "SELECT pglocks.slot_of(hotkey, pair, 'pool-' || pool) FROM unnest($1, $2, $3) WITH ORDINALITY AS k(hotkey, pair, pool, n) ORDER BY n",
                    fit.Select(key => key.Hotkey).ToArray(), fit.Select(key => key.Pair).ToArray(), fit.Select(key => key.Pool).ToArray());
                Assert.Equal(fit.Select(key => new SlotMap(key.Pool).SlotOf(new PositionKey(key.Hotkey, key.Pair))), slots);
            },
            iter: 20,
            threads: 1);
    }

    [Fact]
    public async Task SlotOf_UnknownSpace_SaysHowToCreateIt()
    {
        var error = await Refusal.OfAsync(() => shared.Database.ExecuteAsync("SELECT pglocks.slot_of('a', 'b', 'no such')"));

        Assert.Equal("42704", error.SqlState);
        Assert.Contains("create_space", error.Hint, StringComparison.Ordinal);
    }
}
