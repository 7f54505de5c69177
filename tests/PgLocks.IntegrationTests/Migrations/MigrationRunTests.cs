using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

/// <summary>Several runners at once, and runners that are stopped on the way.</summary>
public sealed class MigrationRunTests(PostgresServer server)
{
    [Fact]
    [Trait("Pitfall", "25: migrations are listed before they are locked")]
    public async Task MigrateUpAsync_TenThreadsAtOnce_ApplyEachStepOnce()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        using var start = new Barrier(10);

        var runs = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                return new SchemaMigrator(database.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        var applied = runs.SelectMany(versions => versions).Order().ToList();
        Assert.Equal(applied.Distinct(), applied);
        Assert.Equal(await database.ColumnAsync<long>("SELECT version FROM pglocks.schema_versions ORDER BY version"), applied);
        Assert.Equal(0, await LocksAsync(database));
    }

    [Fact]
    public async Task MigrateUpAsync_AnotherRunnerHasTheLock_GivesUpAndNamesIt()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var other = await database.OpenAsync(TestContext.Current.CancellationToken);
        await other.ExecuteAsync("SET application_name = 'other runner'");
        await other.ExecuteAsync("SELECT pg_advisory_lock($1)", MigrationLock.Key);
        var migrator = new SchemaMigrator(database.ConnectionString, lockTimeout: TimeSpan.FromMilliseconds(200));

        var failure = await Assert.ThrowsAsync<MigrationException>(() => migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(MigrationFailure.LockNotObtained, failure.Failure);
        Assert.Contains($"pid {other.ProcessID} (other runner", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await LocksAsync(database));
    }

    [Fact]
    public async Task MigrateUpAsync_CancelledInTheMiddleOfAStep_LeavesWholeStepsAndNoLock()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var blocked = await BlockedStep.PrepareAsync(database);
        using var cancellation = new CancellationTokenSource();
        var run = new SchemaMigrator(database.ConnectionString).MigrateUpAsync(cancellationToken: cancellation.Token);
        await blocked.IsReachedAsync();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal(0, await LocksAsync(database));
        await blocked.ReleaseAsync();
        await blocked.AssertNothingOfItIsThereAsync();
    }

    [Fact]
    public async Task MigrateUpAsync_LockSessionEndsInTheMiddleOfAStep_RollsTheStepBackAndSaysSo()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var blocked = await BlockedStep.PrepareAsync(database);
        var run = new SchemaMigrator(database.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        await blocked.IsReachedAsync();

        await TerminateAsync(database, "pglocks:migrate:lock");
        await blocked.ReleaseAsync();
        var failure = await Assert.ThrowsAsync<MigrationException>(() => run);

        Assert.Equal(MigrationFailure.LockLost, failure.Failure);
        await blocked.AssertNothingOfItIsThereAsync();
    }

    [Fact]
    public async Task MigrateUpAsync_RunnerSessionEndsInTheMiddleOfAStep_RollsTheStepBackAndReleasesTheLock()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var blocked = await BlockedStep.PrepareAsync(database);
        var run = new SchemaMigrator(database.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        await blocked.IsReachedAsync();

        await TerminateAsync(database, "pglocks:migrate:run:%");
        var failure = await Assert.ThrowsAsync<MigrationException>(() => run);

        Assert.Equal(MigrationFailure.StepFailed, failure.Failure);
        Assert.Contains("Run it again", failure.Message, StringComparison.Ordinal);
        await blocked.ReleaseAsync();
        await blocked.AssertNothingOfItIsThereAsync();
    }

    private static async Task TerminateAsync(TestDatabase database, string application) => Assert.True(await database.ScalarAsync<bool>(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name LIKE $1 AND datname = current_database()", application));

    private static Task<long> LocksAsync(TestDatabase database) =>
        database.ScalarAsync<long>($"SELECT count(*) FROM pg_locks l WHERE {MigrationLock.InPgLocks}");
}
