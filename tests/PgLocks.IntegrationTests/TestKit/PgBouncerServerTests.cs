using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.TestKit;

public sealed class PgBouncerServerTests(PostgresServer server)
{
    [Theory]
    [InlineData(PoolMode.Session)]
    [InlineData(PoolMode.Transaction)]
    public async Task StartAsync_AnyMode_PassesQueriesOnAndHidesTheBackend(PoolMode mode)
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var pooler = await PgBouncerServer.StartAsync(await server.GetConnectionStringAsync(), mode);

        await using var connection = new NpgsqlConnection(pooler.Through(database.ConnectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);

        Assert.NotEqual(connection.ProcessID, await command.ExecuteScalarAsync());
        NpgsqlConnection.ClearPool(connection);
    }
}
