using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

public sealed class AdoptServerTests(PostgresServer server)
{
    private const int ClassId = 1346849792;
    private const string Adopt = "SELECT pglocks.adopt_server(1346849792)";

    [Fact]
    public async Task AdoptServer_SameTimeline_MovesNothing()
    {
        await using var database = await server.CreateDatabaseAsync();

        Assert.False(await database.ScalarAsync<bool>(Adopt));
        Assert.Null(await database.ScalarAsync<long?>($"SELECT pg_sequence_last_value('pglocks.slot_{ClassId}_0')"));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT generation FROM pglocks.spaces"));
    }

    [Fact]
    public async Task AdoptServer_SpaceOfAnOlderTimeline_MovesEverySlotToAnOddNumberOnce()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("UPDATE pglocks.spaces SET timeline = 0");
        await database.ExecuteAsync($"SELECT setval('pglocks.slot_{ClassId}_7', 1000), setval('pglocks.slot_{ClassId}_8', 1001)");

        var moved = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => database.ScalarAsync<bool>(Adopt)));

        Assert.Single(moved, true);
        Assert.Equal(
            "(1048577,1049577,1049577)",
            await database.ScalarAsync<string>(
                $"SELECT (pg_sequence_last_value('pglocks.slot_{ClassId}_0'), pg_sequence_last_value('pglocks.slot_{ClassId}_7'), pg_sequence_last_value('pglocks.slot_{ClassId}_8'))::text"));
        Assert.Equal("(1,2)", await database.ScalarAsync<string>("SELECT (timeline, generation)::text FROM pglocks.spaces"));
    }

    [Fact]
    public async Task AdoptServer_ServerRecoveredSince_MovesEverySlotOnceAndKeepsItsParity()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("UPDATE pglocks.spaces SET recovered_at = recovered_at - interval '1 hour'");
        await database.ExecuteAsync($"SELECT setval('pglocks.slot_{ClassId}_7', 1000), setval('pglocks.slot_{ClassId}_8', 1001)");

        Assert.True(await database.ScalarAsync<bool>(Adopt));
        Assert.False(await database.ScalarAsync<bool>(Adopt));
        Assert.Equal(
            "(1048578,1049578,1049577)",
            await database.ScalarAsync<string>(
                $"SELECT (pg_sequence_last_value('pglocks.slot_{ClassId}_0'), pg_sequence_last_value('pglocks.slot_{ClassId}_7'), pg_sequence_last_value('pglocks.slot_{ClassId}_8'))::text"));
    }

    [Fact]
    public async Task AdoptServer_SessionThatDoesNotWaitForTheDisk_WaitsForItOnce()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("UPDATE pglocks.spaces SET timeline = 0");
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);
        await session.ExecuteAsync("SET synchronous_commit = off");
        await session.ExecuteAsync("BEGIN");

        Assert.True(await session.ScalarAsync<bool>(Adopt));

        Assert.Equal("local", await session.ScalarAsync<string>("SHOW synchronous_commit"));
        await session.ExecuteAsync("COMMIT");
        Assert.Equal("off", await session.ScalarAsync<string>("SHOW synchronous_commit"));
    }

    [Fact]
    public async Task AdoptServer_UnknownClass_IsRefused()
    {
        await using var database = await server.CreateDatabaseAsync();

        Assert.Equal("42704", (await Refusal.OfAsync(() => database.ExecuteAsync("SELECT pglocks.adopt_server(7)"))).SqlState);
    }

    [Fact]
    [Trait("Pitfall", "3: locks are per database, and not replicated")]
    public async Task AdoptServer_PromotedStandby_MovesTheSlots()
    {
        await using var primary = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound(), TestContext.Current.CancellationToken);
        await using var standby = await StandbyServer.StartAsync(primary);
        await new SchemaMigrator(primary.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        await standby.CatchUpAsync();

        var refused = await Assert.ThrowsAsync<MigrationException>(
            () => new SchemaMigrator(standby.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken));
        await standby.PromoteAsync();
        await using var source = NpgsqlDataSource.Create(standby.ConnectionString);
        await using var session = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);

        Assert.Equal(MigrationFailure.UnsuitableServer, refused.Failure);
        Assert.True(await session.ScalarAsync<bool>(Adopt));
        Assert.False(await session.ScalarAsync<bool>(Adopt));
        Assert.Equal(2, await session.ScalarAsync<long>("SELECT timeline FROM pglocks.spaces"));
        Assert.Equal(1048577, await session.ScalarAsync<long>($"SELECT pg_sequence_last_value('pglocks.slot_{ClassId}_255')"));
    }

    [Fact]
    [Trait("Pitfall", "1: the server frees locks before their owner can know")]
    public async Task ServerRecoveredAt_BackendWasKilled_MovesThoughThePostmasterStayed()
    {
        await using var own = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound(), TestContext.Current.CancellationToken);
        await new SchemaMigrator(own.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        var unpooled = new NpgsqlConnectionStringBuilder(own.ConnectionString) { Pooling = false }.ConnectionString;
        var (startedBefore, recoveredBefore) = await ReadAsync();

        await Server.CrashAsync(unpooled);
        var (startedAfter, recoveredAfter) = await ReadAsync();

        Assert.Equal(startedBefore, startedAfter);
        Assert.True(recoveredAfter > recoveredBefore, $"{recoveredAfter:O} is after {recoveredBefore:O}");

        async Task<(DateTime Started, DateTime Recovered)> ReadAsync()
        {
            await using var session = new NpgsqlConnection(unpooled);
            await session.OpenAsync(TestContext.Current.CancellationToken);
            return (await session.ScalarAsync<DateTime>("SELECT pg_postmaster_start_time()"), await session.ScalarAsync<DateTime>("SELECT pglocks.server_recovered_at()"));
        }
    }
}
