using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>Least privilege: each role can do its work, and no other's.</summary>
public sealed class RoleTests(PostgresServer server, SharedDatabase shared) : IClassFixture<SharedDatabase>
{
    private const string InsertInstance =
        "INSERT INTO pglocks.instances (instance_id, class_id, application, host, pid, version, started_at, last_seen_at, long_hold_ms)"
        + " VALUES (gen_random_uuid(), 1346849792, 'app', 'host', 1, '1', now(), now(), 1000)";

    [Theory]
    [InlineData("SELECT pglocks.xact_lock('miner', 'EURUSD')")]
    [InlineData("SELECT nextval('pglocks.slot_1346849792_0'), last_value, is_called FROM pglocks.slot_1346849792_0")]
    [InlineData("SELECT pglocks.fence(1346849792, 0, 1)")]
    [InlineData("SELECT pglocks.adopt_server(1346849792)")]
    [InlineData("SELECT pglocks.maintain()")]
    [InlineData("SELECT max(version) FROM pglocks.schema_versions")]
    [InlineData(InsertInstance)]
    [InlineData("UPDATE pglocks.instances SET last_seen_at = now()")]
    [InlineData("INSERT INTO pglocks.miners (hotkey) VALUES ('m') ON CONFLICT (hotkey) DO UPDATE SET deregistered_at = NULL RETURNING miner_id")]
    [InlineData("INSERT INTO pglocks.trade_pairs (trade_pair_id) VALUES ('p') ON CONFLICT DO NOTHING")]
    [InlineData("INSERT INTO pglocks.sessions (backend_pid, backend_start, instance_id, role) VALUES (1, now(), gen_random_uuid(), 'home')")]
    [InlineData("DELETE FROM pglocks.sessions")]
    [InlineData("INSERT INTO pglocks.held_locks VALUES (gen_random_uuid(), 1, 1, 1, 1, now(), now())")]
    [InlineData("DELETE FROM pglocks.held_locks")]
    [InlineData("COPY pglocks.lock_stats FROM STDIN")]
    [InlineData("INSERT INTO pglocks.lock_events (at, kind) VALUES (now(), 'timeout')")]
    [InlineData("SELECT * FROM pglocks.current_holders")]
    public async Task App_WhatTheLibraryDoes_IsAllowed(string sql) => await AsAsync("pglocks_app", sql, isAllowed: true);

    [Theory]
    [InlineData("UPDATE pglocks.spaces SET lock_delay_ms = 0")]
    [InlineData("SELECT setval('pglocks.slot_1346849792_0', 1)")]
    [InlineData("DELETE FROM pglocks.fences")]
    [InlineData("DELETE FROM pglocks.lock_stats")]
    [InlineData("UPDATE pglocks.lock_events SET kind = 'x'")]
    [InlineData("SELECT pglocks.create_space('x')")]
    [InlineData("UPDATE pglocks.retention SET drop_after_days = 1")]
    [InlineData("SELECT pglocks.make_days()")]
    [InlineData("SELECT pglocks.roll_up_day(pglocks.utc_today() - 8)")]
    [InlineData("INSERT INTO pglocks.lock_totals_marks VALUES (gen_random_uuid(), now())")]
    [InlineData("SELECT pglocks.terminate_holder(1, now(), 1)")]
    [InlineData("SELECT pglocks.move_slots(1346849792, 256, 0, false)")]
    [InlineData("CREATE TABLE pglocks.x (x int)")]
    public async Task App_WhatOnlyAdminsDo_IsRefused(string sql) => await AsAsync("pglocks_app", sql, isAllowed: false);

    [Theory]
    [InlineData("SELECT pglocks.slot_of('miner', 'EURUSD')")]
    [InlineData("SELECT * FROM pglocks.key_stats_since('1 hour')")]
    [InlineData("SELECT * FROM pglocks.slot_stats")]
    [InlineData("SELECT * FROM pglocks.instance_stats")]
    [InlineData("SELECT * FROM pglocks.current_waiters")]
    [InlineData("SELECT * FROM pglocks.long_held")]
    [InlineData("SELECT * FROM pglocks.slot_collisions")]
    [InlineData("SELECT * FROM pglocks.lock_events")]
    [InlineData("SELECT * FROM pglocks.key_stats_since('30 days')")]
    [InlineData("SELECT * FROM pglocks.retention")]
    public async Task Reader_Looks_IsAllowed(string sql) => await AsAsync("pglocks_reader", sql, isAllowed: true);

    [Theory]
    [InlineData("SELECT pglocks.xact_lock('miner', 'EURUSD')")]
    [InlineData("SELECT nextval('pglocks.slot_1346849792_0')")]
    [InlineData("SELECT pglocks.fence(1346849792, 0, 1)")]
    [InlineData("DELETE FROM pglocks.lock_events")]
    [InlineData("SELECT pglocks.maintain()")]
    [InlineData(InsertInstance)]
    public async Task Reader_Changes_IsRefused(string sql) => await AsAsync("pglocks_reader", sql, isAllowed: false);

    [Theory]
    [InlineData("SELECT pglocks.create_space('x', 16)")]
    [InlineData("UPDATE pglocks.spaces SET lock_delay_ms = 4000")]
    [InlineData("UPDATE pglocks.spaces SET pool_size = 512")]
    [InlineData("UPDATE pglocks.retention SET drop_after_days = 30")]
    [InlineData("INSERT INTO pglocks.miners (hotkey) VALUES ('m')")]
    [InlineData("DELETE FROM pglocks.lock_events")]
    public async Task Admin_Administers_IsAllowed(string sql) => await AsAsync("pglocks_admin", sql, isAllowed: true);

    [Theory]
    [InlineData("DELETE FROM pglocks.schema_versions")]
    [InlineData("TRUNCATE pglocks.spaces")]
    [InlineData("DROP TABLE pglocks.fences")]
    public async Task Admin_ChangesTheSchema_IsRefused(string sql) => await AsAsync("pglocks_admin", sql, isAllowed: false);

    [Theory]
    [InlineData("SELECT pglocks.slot_of('miner', 'EURUSD')")]
    [InlineData("SELECT * FROM pglocks.spaces")]
    [Trait("Pitfall", "26: pg_signal_backend ends anybody's session")]
    public async Task Public_Anything_IsRefused(string sql) => await AsAsync(null, sql, isAllowed: false);

    [Fact]
    public async Task App_SpaceMadeByAnAdmin_CanBeLocked()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var admin = await TestRole.CreateAsync(database, memberOf: "pglocks_admin");
        await using var app = await TestRole.CreateAsync(database, memberOf: "pglocks_app");
        await using var asAdmin = await admin.OpenAsync();
        await using var asApp = await app.OpenAsync();

        var classId = await asAdmin.ScalarAsync<int>("SELECT pglocks.create_space('new', 16)");

        Assert.Equal(1, await asApp.ScalarAsync<long>($"SELECT nextval('pglocks.slot_{classId}_15')"));
        Assert.Equal("postgres", await database.ScalarAsync<string>($"SELECT relowner::regrole::text FROM pg_class WHERE relname = 'slot_{classId}_15'"));
    }

    [Fact]
    public async Task App_RunsAProvider_NeedsNothingElse()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var app = await TestRole.CreateAsync(database, memberOf: "pglocks_app");
        var key = new PositionKey("miner", "EURUSD");

        await using (var provider = await PgLockProvider.StartAsync(app.ConnectionString, TestContext.Current.CancellationToken))
        {
            await using var session = await app.OpenAsync();
            await using (var lease = await provider.AcquireAsync(key, cancellationToken: TestContext.Current.CancellationToken))
            await using (var transaction = await session.BeginTransactionAsync(TestContext.Current.CancellationToken))
            {
                await lease.FenceAsync(transaction, TestContext.Current.CancellationToken);
                await transaction.CommitAsync(TestContext.Current.CancellationToken);
            }
            await using (var transaction = await session.BeginTransactionAsync(TestContext.Current.CancellationToken))
                await (await provider.AcquireInTransactionAsync(transaction, key, cancellationToken: TestContext.Current.CancellationToken)).DisposeAsync();
        }

        Assert.Equal(2, await database.ScalarAsync<long>("SELECT acquired FROM pglocks.key_stats WHERE hotkey = 'miner'"));
        Assert.True(await database.ScalarAsync<bool>("SELECT closed_at IS NOT NULL AND dropped = 0 FROM pglocks.instances"));
    }

    [Fact]
    public async Task App_TwoProvidersWantOneSlot_HandItOver()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var app = await TestRole.CreateAsync(database, memberOf: "pglocks_app");
        var key = new PositionKey("miner", "EURUSD");
        var token = TestContext.Current.CancellationToken;
        await using (var one = await PgLockProvider.StartAsync(app.ConnectionString, token))
        await using (var other = await PgLockProvider.StartAsync(app.ConnectionString, token))
        {
            var lease = await one.AcquireAsync(key, cancellationToken: token);
            Assert.Null(await other.TryAcquireAsync(key, TimeSpan.FromMilliseconds(50), token));
            var wait = other.AcquireAsync(key, TimeSpan.FromSeconds(30), token).AsTask();
            await Eventually.EqualAsync(1, () => database.ScalarAsync<long>("SELECT count(*) FROM pglocks.current_waiters"));
            lease.Dispose();
            (await wait).Dispose();
        }

        Assert.Equal("2 1", await database.ScalarAsync<string>("SELECT concat_ws(' ', acquired, timed_out) FROM pglocks.key_stats"));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.instances WHERE closed_at IS NOT NULL"));
    }

    [Fact]
    public async Task MigrateUpAsync_OwnerMayNotCreateRoles_MigratesWithoutThem()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var owner = await TestRole.CreateAsync(database);
        await database.ExecuteAsync($"ALTER DATABASE \"{database.Name}\" OWNER TO {owner.Name}");
        var migrator = new SchemaMigrator(owner.ConnectionString);

        await migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(await migrator.ValidateAsync(TestContext.Current.CancellationToken));
        await UpkeepWorksAsync(database, owner);
        Assert.True(await database.ScalarAsync<bool>("SELECT pglocks.try_xact_lock('miner', 'EURUSD')"));
        await migrator.MigrateDownAsync(0, TestContext.Current.CancellationToken);
        Assert.Null(await database.ScalarAsync<string>("SELECT to_regnamespace('pglocks')::text"));
    }

    /// <summary>Moves a row out of the default partition, adds it to the totals, rolls its day up, and drops it, all without a superuser.</summary>
    private static async Task UpkeepWorksAsync(TestDatabase database, TestRole owner)
    {
        var stats = new StatsData(database);
        await stats.AddAsync(await stats.KeyAsync("upkeep", "EURUSD"), stats.Instances[0], -9 * 86_400, [5], [1]);
        await using var session = await owner.OpenAsync();
        foreach (var kept in (int[])[90, 7])
        {
            await session.ExecuteAsync($"UPDATE pglocks.retention SET drop_after_days = {kept}, pruned_on = NULL");
            while (await session.ScalarAsync<bool>("SELECT pglocks.maintain() IS NOT NULL"))
            {
            }
            Assert.Equal(kept == 90 ? 1 : 0, await session.ScalarAsync<long>("SELECT count(*) FROM pglocks.key_stats"));
            Assert.Equal(kept == 90 ? 1 : 0, await session.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_stats WHERE interval_ms = 3600000"));
        }
    }

    private async Task AsAsync(string? role, string sql, bool isAllowed)
    {
        await using var login = await TestRole.CreateAsync(shared.Database, role);
        await using var session = await login.OpenAsync();
        await session.ExecuteAsync("BEGIN");
        var work = sql.StartsWith("COPY", StringComparison.Ordinal)
            ? async () => await (await session.BeginTextImportAsync(sql, TestContext.Current.CancellationToken)).DisposeAsync()
            : (Func<Task>)(() => session.ExecuteAsync(sql));

        if (isAllowed)
            await work();
        else
            Assert.Equal("42501", (await Refusal.OfAsync(work)).SqlState);
    }
}
