using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

public sealed class SpaceTests(PostgresServer server, SharedDatabase shared) : IClassFixture<SharedDatabase>
{
    private const int ClassId = 1346849792;
    private const string LiveInstance = "SELECT pg_advisory_lock_shared(1346849792, -1)";

    [Fact]
    public async Task CreateSpace_Valid_WorksAtOnce()
    {
        await using var database = await server.CreateDatabaseAsync();

        var classId = await database.ScalarAsync<int>("SELECT pglocks.create_space('small', 16)");

        Assert.Equal(ClassId + 1, classId);
        Assert.InRange(await database.ScalarAsync<int>("SELECT pglocks.slot_of('miner', 'EURUSD', 'small')"), 0, 15);
        Assert.Equal(17, await SequencesAsync(database, classId));
        Assert.Equal(1, await database.ScalarAsync<long>($"SELECT nextval('pglocks.slot_{classId}_16')"));
    }

    [Theory]
    [InlineData("NULL", "16", "name")]
    [InlineData("''", "16", "name")]
    [InlineData("'Upper'", "16", "name")]
    [InlineData("'has space'", "16", "name")]
    [InlineData("repeat('x', 64)", "16", "name")]
    [InlineData("'x'", "NULL", "pool size")]
    [InlineData("'x'", "0", "pool size")]
    [InlineData("'x'", "8", "pool size")]
    [InlineData("'x'", "100", "pool size")]
    [InlineData("'x'", "8192", "pool size")]
    [InlineData("'default'", "256", "exists already")]
    public async Task CreateSpace_BadArguments_CreatesNothing(string name, string poolSize, string problem)
    {
        var error = await Refusal.OfAsync(() => shared.Database.ExecuteAsync($"SELECT pglocks.create_space({name}, {poolSize})"));

        Assert.Contains(problem, error.MessageText, StringComparison.Ordinal);
        Assert.Equal(1, await shared.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.spaces"));
    }

    [Fact]
    public async Task CreateSpace_ManyAtOnce_HaveClassesOfTheirOwn()
    {
        await using var database = await server.CreateDatabaseAsync();

        var classes = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => database.ScalarAsync<int>("SELECT pglocks.create_space($1, 16)", $"space-{n}")));

        Assert.Equal(Enumerable.Range(ClassId + 1, 8), classes.Order());
    }

    [Theory]
    [InlineData("UPDATE pglocks.spaces SET pool_size = 512")]
    [InlineData("UPDATE pglocks.spaces SET class_id = 7")]
    [InlineData("DELETE FROM pglocks.spaces")]
    public async Task ChangeOfMapping_WhileAnInstanceIsLive_IsRefused(string change)
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var home = await database.OpenAsync(TestContext.Current.CancellationToken);
        await home.ExecuteAsync(LiveInstance);

        var error = await Refusal.OfAsync(() => database.ExecuteAsync(change));
        await database.ExecuteAsync("UPDATE pglocks.spaces SET lock_delay_ms = 4000");
        await home.ExecuteAsync("SELECT pg_advisory_unlock_shared($1, -1)", ClassId);
        var changed = await database.ExecuteAsync(change);

        Assert.Equal("55006", error.SqlState);
        Assert.Contains("'default' is in use", error.MessageText, StringComparison.Ordinal);
        Assert.Equal(1, changed);
    }

    [Fact]
    public async Task ChangeOfMapping_InstanceStartsMeanwhile_WaitsForItsEnd()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var admin = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var home = await database.OpenAsync(TestContext.Current.CancellationToken);
        await admin.ExecuteAsync("BEGIN; UPDATE pglocks.spaces SET pool_size = 512");

        var starting = home.ExecuteAsync(LiveInstance);
        await database.WaitsForAsync(home.ProcessID, "advisory");
        await admin.ExecuteAsync("COMMIT");

        await starting;
    }

    [Theory]
    [InlineData(512)]
    [InlineData(64)]
    public async Task ChangeOfPoolSize_KeepsTokensGrowingAndTheRegistryRight(int poolSize)
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync($"SELECT setval('pglocks.slot_{ClassId}_200', 5000)");
        await database.ExecuteAsync("INSERT INTO pglocks.miners (hotkey) VALUES ('miner')");
        await database.ExecuteAsync("INSERT INTO pglocks.trade_pairs (trade_pair_id) VALUES ('EURUSD')");
        await database.ExecuteAsync(
            "INSERT INTO pglocks.position_keys (class_id, miner_id, trade_pair_id, slot, first_seen_at, last_seen_at) SELECT $1, miner_id, 'EURUSD', -1, now(), now() FROM pglocks.miners", ClassId);

        await database.ExecuteAsync("UPDATE pglocks.spaces SET pool_size = $1", poolSize);

        Assert.Equal(2, await database.ScalarAsync<long>("SELECT generation FROM pglocks.spaces"));
        Assert.Equal(
            await database.ScalarAsync<int>("SELECT pglocks.slot_of('miner', 'EURUSD')"),
            await database.ScalarAsync<int>("SELECT slot FROM pglocks.position_keys"));
        var drawn = await database.ColumnAsync<long>(
            "SELECT pg_sequence_last_value(format('pglocks.slot_%s_%s', $1, n)::regclass) FROM generate_series(0, $2 - 1) n", ClassId, poolSize);
        Assert.All(drawn, last => Assert.True(last > 5000 && last % 2 == 1, $"{last} is above all before, and odd"));
    }

    [Fact]
    public async Task UpdateOfPoolSize_ToTheSameSizeWhileAnInstanceIsLive_ChangesNothing()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var home = await database.OpenAsync(TestContext.Current.CancellationToken);
        await home.ExecuteAsync(LiveInstance);
        await database.ExecuteAsync($"SELECT nextval('pglocks.slot_{ClassId}_0')");

        await database.ExecuteAsync("UPDATE pglocks.spaces SET pool_size = 256");

        Assert.Equal(1, await database.ScalarAsync<long>($"SELECT pg_sequence_last_value('pglocks.slot_{ClassId}_0')"));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT generation FROM pglocks.spaces"));
    }

    [Theory]
    [InlineData("pool_size = 100")]
    [InlineData("pool_size = 8")]
    [InlineData("class_id = -1")]
    [InlineData("hash_version = 2")]
    [InlineData("lock_delay_ms = -1")]
    public async Task Spaces_ValueThatNoProcessUnderstands_IsRefused(string change)
    {
        Assert.Equal("23514", (await Refusal.OfAsync(() => shared.Database.ExecuteAsync($"UPDATE pglocks.spaces SET {change}"))).SqlState);
    }

    [Fact]
    public async Task CreateSpace_NameOfADeletedSpace_ContinuesItsNumbers()
    {
        await using var database = await server.CreateDatabaseAsync();
        var classId = await database.ScalarAsync<int>("SELECT pglocks.create_space('again', 16)");
        await database.ExecuteAsync($"SELECT setval('pglocks.slot_{classId}_3', 41)");

        await database.ExecuteAsync("DELETE FROM pglocks.spaces WHERE name = 'again'");
        await database.ExecuteAsync("SELECT pglocks.create_space('again', 16)");

        Assert.Equal(42, await database.ScalarAsync<long>($"SELECT nextval('pglocks.slot_{classId}_3')"));
    }

    private static Task<long> SequencesAsync(TestDatabase database, int classId) => database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_sequences WHERE schemaname = 'pglocks' AND sequencename ~ $1 AND data_type = 'bigint'::regtype AND cache_size = 1 AND NOT cycle",
        $"^slot_{classId}_[0-9]+$");
}
