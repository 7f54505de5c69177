using Npgsql;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.TestKit;

public sealed class RoundTripCounterTests(PostgresServer server)
{
    [Fact]
    public async Task Count_StatementsAndABatch_CountsTheBatchOnce()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var counter = RoundTripCounter.Start(database.ConnectionString);
        await using var connection = new NpgsqlConnection(counter.Through(database.ConnectionString) + ";Application Name=test:home");
        await connection.OpenAsync();
        var before = counter.Count;

        await using var one = new NpgsqlCommand("SELECT 1", connection);
        await one.ExecuteNonQueryAsync();
        await one.ExecuteNonQueryAsync();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("SELECT 1"), new("SELECT 2"), new("SELECT 3") } };
        await batch.ExecuteNonQueryAsync();

        Assert.Equal(3, counter.Count - before);
        Assert.Equal(counter.Count, counter.CountOf(":home"));
        NpgsqlConnection.ClearPool(connection);
    }

    [Fact]
    public async Task StatementCounter_RepeatedStatement_CountsEachExecution()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        var counter = await StatementCounter.StartAsync(database);

        for (var i = 0; i < 5; i++)
            await database.ScalarAsync<int>("SELECT $1::int AS counted", i);

        Assert.Equal(5, await counter.CountAsync("AS counted"));
    }
}
