using Npgsql;
using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

/// <summary>Holds the next runner in the middle of a step: behind a lock on the table that the step changes.</summary>
internal sealed class BlockedStep : IAsyncDisposable
{
    private const long Before = 202611220935;

    /// <summary>GuardSpaces, which puts triggers on spaces.</summary>
    private const long Step = 202611220940;

    private readonly TestDatabase _database;
    private readonly NpgsqlConnection _blocker;
    private readonly IReadOnlyList<string> _catalog;

    private BlockedStep(TestDatabase database, NpgsqlConnection blocker, IReadOnlyList<string> catalog)
    {
        _database = database;
        _blocker = blocker;
        _catalog = catalog;
    }

    public static async Task<BlockedStep> PrepareAsync(TestDatabase database)
    {
        await new SchemaMigrator(database.ConnectionString).MigrateUpAsync(Before, TestContext.Current.CancellationToken);
        var catalog = await Catalog.OfAsync(database);
        var blocker = await database.OpenAsync(TestContext.Current.CancellationToken);
        await blocker.ExecuteAsync("BEGIN; LOCK TABLE pglocks.spaces IN ROW EXCLUSIVE MODE");
        return new BlockedStep(database, blocker, catalog);
    }

    /// <summary>Returns when a runner stands there.</summary>
    public Task IsReachedAsync() => Eventually.ThatAsync(
        () => _database.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.application_name LIKE 'pglocks:migrate:run:%'"
            + " AND l.relation = 'pglocks.spaces'::regclass)"),
        TimeSpan.FromSeconds(30),
        "the step waits for the table");

    public Task ReleaseAsync() => _blocker.ExecuteAsync("ROLLBACK");

    /// <summary>The step is undone as a whole, no runner is left, and the next run continues with it.</summary>
    public async Task AssertNothingOfItIsThereAsync()
    {
        Assert.Equal(_catalog, await Catalog.OfAsync(_database));
        var migrator = new SchemaMigrator(_database.ConnectionString);
        var rest = await migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Step, rest[0]);
        Assert.Empty(await migrator.ValidateAsync(TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync() => _blocker.DisposeAsync();
}
