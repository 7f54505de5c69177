using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.TestKit;

public sealed class TestDatabaseTests(PostgresServer server)
{
    [Fact]
    public async Task CreateDatabaseAsync_Twice_GivesTwoIsolatedDatabases()
    {
        await using var one = await server.CreateDatabaseAsync(migrated: false);
        await using var two = await server.CreateDatabaseAsync(migrated: false);

        await one.ExecuteAsync("CREATE TABLE only_in_one (x int)");

        Assert.NotNull(await one.ScalarAsync<string>("SELECT to_regclass('only_in_one')::text"));
        Assert.Null(await two.ScalarAsync<string>("SELECT to_regclass('only_in_one')::text"));
    }

    [Fact]
    public async Task CreateDatabaseAsync_Migrated_HasTheLatestSchema()
    {
        await using var database = await server.CreateDatabaseAsync();

        Assert.Equal("default", await database.ScalarAsync<string>("SELECT name FROM pglocks.spaces"));
    }

    [Fact]
    public async Task ExecuteAsync_WithArguments_BindsThemInOrder()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);

        Assert.Equal(3, await database.ScalarAsync<int>("SELECT $1::int - $2::int", 5, 2));
        Assert.Equal([1, 2], await database.ColumnAsync<int>("SELECT generate_series(1, $1::int)", 2));
    }

    [Fact]
    public async Task DisposeAsync_SessionStillOpen_DropsTheDatabase()
    {
        var database = await server.CreateDatabaseAsync(migrated: false);
        await using var open = new NpgsqlConnection(database.ConnectionString);
        await open.OpenAsync();

        await database.DisposeAsync();

        await using var other = await server.CreateDatabaseAsync(migrated: false);
        Assert.Equal(0, await other.ScalarAsync<long>("SELECT count(*) FROM pg_database WHERE datname = $1", database.Name));
    }
}
