using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>One migrated database for all tests of a class: for those that change nothing, or roll back.</summary>
public sealed class SharedDatabase(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase? _database;

    public TestDatabase Database => _database!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync(cancellationToken: TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
