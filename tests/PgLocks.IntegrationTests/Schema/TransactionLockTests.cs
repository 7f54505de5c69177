using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>xact_lock and try_xact_lock: what a processor in any language uses.</summary>
public sealed class TransactionLockTests(PostgresServer server, SharedDatabase shared) : IClassFixture<SharedDatabase>
{
    private const int ClassId = 1346849792;

    [Fact]
    public async Task XactLock_HeldByAnotherTransaction_WaitsForItsEnd()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var first = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var second = await database.OpenAsync(TestContext.Current.CancellationToken);
        await first.ExecuteAsync("BEGIN");
        await first.ExecuteAsync("SELECT pglocks.xact_lock('miner', 'EURUSD')");

        await second.ExecuteAsync("BEGIN");
        Assert.False(await second.ScalarAsync<bool>("SELECT pglocks.try_xact_lock('miner', 'EURUSD')"));
        Assert.True(await second.ScalarAsync<bool>("SELECT pglocks.try_xact_lock('miner', 'BTCUSD')"));
        var waiting = second.ExecuteAsync("SELECT pglocks.xact_lock('miner', 'EURUSD')");
        await database.WaitsForAsync(second.ProcessID, "advisory");
        await first.ExecuteAsync("COMMIT");
        await waiting;

        Assert.False(await first.ScalarAsync<bool>("SELECT pglocks.try_xact_lock('miner', 'EURUSD')"));
        await second.ExecuteAsync("ROLLBACK");
        Assert.True(await first.ScalarAsync<bool>("SELECT pglocks.try_xact_lock('miner', 'EURUSD')"));
    }

    [Fact]
    public async Task XactLock_AndAPlainAdvisoryLockOfThePair_ExcludeEachOther()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var plain = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var ours = await database.OpenAsync(TestContext.Current.CancellationToken);
        var slot = await database.ScalarAsync<int>("SELECT pglocks.slot_of('miner', 'EURUSD')");

        await plain.ExecuteAsync("SELECT pg_advisory_lock($1, $2)", ClassId, slot);
        Assert.False(await ours.ScalarAsync<bool>("SELECT pglocks.try_xact_lock('miner', 'EURUSD')"));
        await plain.ExecuteAsync("SELECT pg_advisory_unlock($1, $2)", ClassId, slot);

        await ours.ExecuteAsync("BEGIN");
        await ours.ExecuteAsync("SELECT pglocks.xact_lock('miner', 'EURUSD')");
        Assert.False(await plain.ScalarAsync<bool>("SELECT pg_try_advisory_lock($1, $2)", ClassId, slot));
    }

    [Fact]
    public async Task XactLock_InAnotherSpace_LocksInThatSpacesClass()
    {
        await using var database = await server.CreateDatabaseAsync();
        var classId = await database.ScalarAsync<int>("SELECT pglocks.create_space('small', 16)");
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);

        await session.ExecuteAsync("BEGIN");
        await session.ExecuteAsync("SELECT pglocks.xact_lock('miner', 'EURUSD', 'small')");

        Assert.Equal(
            $"{classId}/{await database.ScalarAsync<int>("SELECT pglocks.slot_of('miner', 'EURUSD', 'small')")}",
            await database.ScalarAsync<string>("SELECT format('%s/%s', classid, objid) FROM pg_locks WHERE locktype = 'advisory' AND pid = $1", session.ProcessID));
    }

    [Theory]
    [InlineData("REPEATABLE READ")]
    [InlineData("SERIALIZABLE")]
    [Trait("Pitfall", "5: a lock and the read it protects in one statement")]
    public async Task XactLock_SnapshotOlderThanTheWait_IsRefused(string isolation)
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);

        foreach (var function in (string[])["xact_lock", "try_xact_lock"])
        {
            await session.ExecuteAsync($"BEGIN ISOLATION LEVEL {isolation}");
            var error = await Refusal.OfAsync(() => session.ExecuteAsync($"SELECT pglocks.{function}('miner', 'EURUSD')"));
            await session.ExecuteAsync("ROLLBACK");

            Assert.Contains(isolation, error.MessageText, StringComparison.Ordinal);
            Assert.Contains("READ COMMITTED", error.Hint, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("NULL, 'EURUSD'", "hotkey")]
    [InlineData("'', 'EURUSD'", "hotkey")]
    [InlineData("'a:b', 'EURUSD'", "hotkey")]
    [InlineData("E'a\\tb', 'EURUSD'", "hotkey")]
    [InlineData("repeat('x', 257), 'EURUSD'", "hotkey")]
    [InlineData("'miner', NULL", "pair")]
    [InlineData("'miner', ''", "pair")]
    [InlineData("'miner', E'\\u0085'", "pair")]
    [InlineData("'miner', repeat('é', 129)", "pair")]
    [InlineData("'miner', 'EURUSD', NULL", "space")]
    [InlineData("'miner', 'EURUSD', 'none'", "space")]
    [Trait("Pitfall", "24: one bad character aborts a whole COPY")]
    public async Task XactLock_BadArguments_LocksNothingAndSaysWhich(string arguments, string part)
    {
        var error = await Refusal.OfAsync(() => shared.Database.ExecuteAsync($"SELECT pglocks.xact_lock({arguments})"));

        Assert.Contains(part, error.MessageText, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [Theory]
    [InlineData("repeat('x', 256), repeat('é', 128)")]
    [InlineData("'miner', 'a:b'")]
    [InlineData("'🦀', '日本'")]
    public async Task TryXactLock_UnusualButValidKeys_AreLocked(string key)
    {
        Assert.True(await shared.Database.ScalarAsync<bool>($"SELECT pglocks.try_xact_lock({key})"));
    }

    [Theory]
    [InlineData("xact_lock")]
    [InlineData("try_xact_lock")]
    public async Task XactLock_LastOwnerDiedOwning_WaitsForTheLockDelayWithTheLock(string function)
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("UPDATE pglocks.spaces SET lock_delay_ms = 600000");
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);
        var slot = await DrawAsync(database, times: 1);

        var waiting = session.ExecuteAsync($"SELECT pglocks.{function}('miner', 'EURUSD')");
        await database.WaitsForAsync(session.ProcessID, "PgSleep");

        Assert.False(await database.ScalarAsync<bool>("SELECT pg_try_advisory_lock($1, $2)", ClassId, slot));
        await database.ExecuteAsync("SELECT pg_cancel_backend($1)", session.ProcessID);
        await Assert.ThrowsAsync<PostgresException>(() => waiting);
    }

    [Fact]
    public async Task XactLock_AfterTheLockDelay_LeavesTheNextOwnerACleanSlot()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("UPDATE pglocks.spaces SET lock_delay_ms = 1");
        var slot = await DrawAsync(database, times: 3);

        await database.ExecuteAsync("SELECT pglocks.xact_lock('miner', 'EURUSD')");

        Assert.Equal(4, await LastDrawnAsync(database, slot));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task XactLock_AfterACleanHandOver_DrawsNothing(int drawn)
    {
        await using var database = await server.CreateDatabaseAsync();
        var slot = await DrawAsync(database, drawn);

        await database.ExecuteAsync("SELECT pglocks.xact_lock('miner', 'EURUSD')");

        Assert.Equal(drawn, await LastDrawnAsync(database, slot));
    }

    private static async Task<int> DrawAsync(TestDatabase database, int times)
    {
        var slot = await database.ScalarAsync<int>("SELECT pglocks.slot_of('miner', 'EURUSD')");
        await database.ExecuteAsync($"SELECT nextval('pglocks.slot_{ClassId}_{slot}') FROM generate_series(1, $1)", times);
        return slot;
    }

    private static Task<long> LastDrawnAsync(TestDatabase database, int slot) =>
        database.ScalarAsync<long>($"SELECT coalesce(pg_sequence_last_value('pglocks.slot_{ClassId}_{slot}'), 0)");
}
