using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.TestKit;

public sealed class StandbyServerTests
{
    [Fact]
    public async Task PromoteAsync_AfterCatchUp_HasThePrimarysDataAndTakesWrites()
    {
        await using var primary = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());
        await using var standby = await StandbyServer.StartAsync(primary);
        await ExecuteAsync(primary.ConnectionString, "CREATE TABLE replicated (x int)");
        await standby.CatchUpAsync();

        var readOnly = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(standby.ConnectionString, "INSERT INTO replicated VALUES (1)"));
        await standby.PromoteAsync();
        await ExecuteAsync(standby.ConnectionString, "INSERT INTO replicated VALUES (1)");

        Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, readOnly.SqlState);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
