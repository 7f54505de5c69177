using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

public sealed class HolderViewTests(PostgresServer server)
{
    private const int ClassId = 1346849792;

    [Fact]
    public async Task CurrentHolders_SessionOfAnInstance_TellsInstanceAndItsHeldKeys()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var home = await InstanceAsync(database, slot: 5);
        await HoldAsync(database, home, "miner", "EURUSD", slot: 5, heldFor: "10 minutes");
        await HoldAsync(database, home, "other", "BTCUSD", slot: 5, heldFor: "10 milliseconds");

        var holders = await database.ColumnAsync<string>(
            "SELECT concat_ws(' ', space, slot, backend_pid, application, host, pid, role, hotkey, pair, fencing_token, hold_age > '9 minutes', waiters) FROM pglocks.current_holders ORDER BY hold_age DESC");
        var longHeld = await database.ColumnAsync<string>("SELECT concat_ws(' ', hotkey, pair) FROM pglocks.long_held");

        Assert.Equal(
            [$"default 5 {home.ProcessID} orders host-1 4711 home miner EURUSD 77 t 0", $"default 5 {home.ProcessID} orders host-1 4711 home other BTCUSD 77 f 0"], holders);
        Assert.Equal(["miner EURUSD"], longHeld);
    }

    [Fact]
    public async Task CurrentHolders_SlotKeptWithoutALease_HasNoKey()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var home = await InstanceAsync(database, slot: 5);

        Assert.Equal(
            "5 orders -", await database.ScalarAsync<string>("SELECT concat_ws(' ', slot, application, coalesce(hotkey, '-'), hold_age) FROM pglocks.current_holders"));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.long_held"));
    }

    [Fact]
    public async Task CurrentHolders_SessionThatIsNotPgLocks_AppearsUnderItsApplicationName()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var psql = await database.OpenAsync(TestContext.Current.CancellationToken);
        await psql.ExecuteAsync("SET application_name = 'psql by hand'");
        await psql.ExecuteAsync("SELECT pg_advisory_lock($1, 9)", ClassId);

        Assert.Equal(
            "9 psql by hand t",
            await database.ScalarAsync<string>("SELECT concat_ws(' ', slot, application, instance_id IS NULL) FROM pglocks.current_holders"));
    }

    [Fact]
    public async Task CurrentHolders_OtherAdvisoryLocks_AreNotSlots()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var other = await database.OpenAsync(TestContext.Current.CancellationToken);
        await other.ExecuteAsync("SELECT pg_advisory_lock_shared($1, -1)", ClassId);
        await other.ExecuteAsync("SELECT pg_advisory_lock($1, 256)", ClassId);
        await other.ExecuteAsync("SELECT pg_advisory_lock(7, 5)");
        await other.ExecuteAsync("SELECT pg_advisory_lock($1)", ((long)ClassId << 32) + 5);
        await using var elsewhere = await server.CreateDatabaseAsync();
        await using var sameSlot = await elsewhere.OpenAsync(TestContext.Current.CancellationToken);
        await sameSlot.ExecuteAsync("SELECT pg_advisory_lock($1, 5)", ClassId);

        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.current_holders"));
        Assert.Equal(1, await elsewhere.ScalarAsync<long>("SELECT count(*) FROM pglocks.current_holders"));
    }

    [Theory]
    [InlineData("current_holders")]
    [InlineData("current_waiters")]
    [InlineData("long_held")]
    public async Task HolderViews_OneSlotAskedForWhileAnInstanceIsLive_AreNotIrritatedByItsMark(string view)
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var home = await InstanceAsync(database, slot: 5);
        await home.ExecuteAsync("SELECT pg_advisory_lock_shared($1, -1)", ClassId);

        Assert.Equal(view == "current_holders" ? 1 : 0, await database.ScalarAsync<long>($"SELECT count(*) FROM pglocks.{view} WHERE slot = 5"));
    }

    [Fact]
    public async Task CurrentHolders_RowsOfAKilledInstance_AreNotShown()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var home = await InstanceAsync(database, slot: 5);
        await HoldAsync(database, home, "miner", "EURUSD", slot: 5, heldFor: "10 minutes");
        await database.ExecuteAsync("SELECT pg_terminate_backend($1, 10000)", home.ProcessID);

        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.current_holders"));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.held_locks"));
    }

    [Fact]
    public async Task CurrentHolders_PidWasGivenToAnotherSession_DoesNotTakeItForTheInstance()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var home = await InstanceAsync(database, slot: 5);
        await database.ExecuteAsync("UPDATE pglocks.sessions SET backend_start = backend_start - interval '1 day'");

        Assert.True(await database.ScalarAsync<bool>("SELECT instance_id IS NULL FROM pglocks.current_holders"));
    }

    [Fact]
    public async Task CurrentWaiters_TwoBehindAHolder_TellsBehindWhomAndSinceWhen()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var holder = await InstanceAsync(database, slot: 5);
        await using var first = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var second = await database.OpenAsync(TestContext.Current.CancellationToken);
        var waits = new List<Task>();
        foreach (var session in (NpgsqlConnection[])[first, second])
        {
            waits.Add(session.ExecuteAsync("SELECT pg_advisory_lock($1, 5)", ClassId));
            await database.WaitsForAsync(session.ProcessID, "advisory");
        }

        Assert.Equal(
            [$"{first.ProcessID} {holder.ProcessID} t", $"{second.ProcessID} {holder.ProcessID} t"],
            await database.ColumnAsync<string>(
                "SELECT concat_ws(' ', backend_pid, holder_pid, waiting_since <= clock_timestamp()) FROM pglocks.current_waiters ORDER BY waiting_since"));
        Assert.Equal(2, await database.ScalarAsync<int>("SELECT waiters FROM pglocks.current_holders"));

        await holder.ExecuteAsync("SELECT pg_advisory_unlock($1, 5)", ClassId);
        await waits[0];
        await first.ExecuteAsync("SELECT pg_advisory_unlock($1, 5)", ClassId);
        await waits[1];
    }

    [Fact]
    public async Task CurrentHolders_ReaderOfAnotherRole_SeesTheInstance()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var reader = await TestRole.CreateAsync(database, memberOf: "pglocks_reader");
        await using var home = await InstanceAsync(database, slot: 5);
        await using var session = await reader.OpenAsync();

        Assert.Equal("orders home", await session.ScalarAsync<string>("SELECT concat_ws(' ', application, role) FROM pglocks.current_holders"));
    }

    [Fact]
    public async Task CurrentHolders_RoleWithoutStatistics_StillFindsTheInstanceByItsPid()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var role = await TestRole.CreateAsync(database);
        await database.ExecuteAsync($"GRANT USAGE ON SCHEMA pglocks TO {role.Name}; GRANT SELECT ON pglocks.current_holders TO {role.Name}");
        await using var home = await InstanceAsync(database, slot: 5);
        await using var session = await role.OpenAsync();

        Assert.Equal("orders home t", await session.ScalarAsync<string>("SELECT concat_ws(' ', application, role, backend_start IS NOT NULL) FROM pglocks.current_holders"));
    }

    private static async Task<NpgsqlConnection> InstanceAsync(TestDatabase database, int slot)
    {
        var home = await database.OpenAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(
            "INSERT INTO pglocks.instances (instance_id, class_id, application, host, pid, version, started_at, last_seen_at, long_hold_ms)"
            + " VALUES (gen_random_uuid(), $1, 'orders', 'host-1', 4711, '1.0', now(), now(), 60000)", ClassId);
        await database.ExecuteAsync(
            "INSERT INTO pglocks.sessions (backend_pid, backend_start, instance_id, role)"
            + " SELECT a.pid, a.backend_start, i.instance_id, 'home' FROM pg_stat_activity a, pglocks.instances i WHERE a.pid = $1", home.ProcessID);
        await home.ExecuteAsync("SELECT pg_advisory_lock($1, $2)", ClassId, slot);
        return home;
    }

    private static async Task HoldAsync(TestDatabase database, NpgsqlConnection home, string hotkey, string pair, int slot, string heldFor)
    {
        var key = await new StatsData(database).KeyAsync(hotkey, pair, slot);
        await database.ExecuteAsync(
            "INSERT INTO pglocks.held_locks SELECT instance_id, $2, $3, $4, 77, now() - $5::interval, now() FROM pglocks.sessions WHERE backend_pid = $1",
            home.ProcessID, key, ClassId, slot, heldFor);
    }
}
