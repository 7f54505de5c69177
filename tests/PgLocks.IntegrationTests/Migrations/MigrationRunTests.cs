using Npgsql;
using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

/// <summary>Several runners at once, and runners that are stopped on the way.</summary>
public sealed class MigrationRunTests(PostgresServer server)
{
    [Fact]
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
        Assert.Equal(0, await MigrationSessionsAsync(database));
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
        Assert.Equal(0, await MigrationSessionsAsync(database));
    }

    [Fact]
    public async Task MigrateUpAsync_CancelledInTheMiddleOfAStep_LeavesWholeStepsAndNoLock()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var blocked = await BlockedRun.StartAsync(database);

        await blocked.Cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked.Run);

        Assert.Equal(0, await MigrationSessionsAsync(database));
        await blocked.ReleaseAsync();
        await AssertCanBeContinuedAsync(database, blocked);
    }

    [Fact]
    public async Task MigrateUpAsync_LockSessionEndsInTheMiddleOfAStep_RollsTheStepBackAndSaysSo()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var blocked = await BlockedRun.StartAsync(database);

        Assert.True(await database.ScalarAsync<bool>("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'pglocks:migrate:lock' AND datname = current_database()"));
        await blocked.ReleaseAsync();
        var failure = await Assert.ThrowsAsync<MigrationException>(() => blocked.Run);

        Assert.Equal(MigrationFailure.LockLost, failure.Failure);
        await AssertCanBeContinuedAsync(database, blocked);
    }

    [Fact]
    public async Task MigrateUpAsync_RunnerSessionEndsInTheMiddleOfAStep_RollsTheStepBackAndReleasesTheLock()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var blocked = await BlockedRun.StartAsync(database);

        await database.ExecuteAsync("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name LIKE 'pglocks:migrate:run:%' AND datname = current_database()");
        var failure = await Assert.ThrowsAsync<MigrationException>(() => blocked.Run);

        Assert.Equal(MigrationFailure.StepFailed, failure.Failure);
        Assert.Contains("Run it again", failure.Message, StringComparison.Ordinal);
        await blocked.ReleaseAsync();
        await AssertCanBeContinuedAsync(database, blocked);
    }

    private static async Task AssertCanBeContinuedAsync(TestDatabase database, BlockedRun blocked)
    {
        Assert.Equal(blocked.Before, await Catalog.OfAsync(database));
        var rest = await new SchemaMigrator(database.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(BlockedRun.Step, rest[0]);
        Assert.Empty(await new SchemaMigrator(database.ConnectionString).ValidateAsync(TestContext.Current.CancellationToken));
    }

    private static Task<long> MigrationSessionsAsync(TestDatabase database) => database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_stat_activity a WHERE a.datname = current_database() AND a.application_name LIKE 'pglocks:migrate:%'"
        + " AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory')");

    /// <summary>A run that stands in the middle of a step, behind a lock on the table that the step changes.</summary>
    private sealed class BlockedRun : IAsyncDisposable
    {
        /// <summary>GuardSpaces, which puts triggers on spaces.</summary>
        public const long Step = 202611220940;

        private readonly NpgsqlConnection _blocker;

        private BlockedRun(NpgsqlConnection blocker, Task run, CancellationTokenSource cancellation, IReadOnlyList<string> before)
        {
            _blocker = blocker;
            Run = run;
            Cancellation = cancellation;
            Before = before;
        }

        public Task Run { get; }

        public CancellationTokenSource Cancellation { get; }

        /// <summary>The schema before the step.</summary>
        public IReadOnlyList<string> Before { get; }

        public static async Task<BlockedRun> StartAsync(TestDatabase database)
        {
            await new SchemaMigrator(database.ConnectionString).MigrateUpAsync(202611220935, TestContext.Current.CancellationToken);
            var before = await Catalog.OfAsync(database);
            var blocker = await database.OpenAsync(TestContext.Current.CancellationToken);
            await blocker.ExecuteAsync("BEGIN; LOCK TABLE pglocks.spaces IN ROW EXCLUSIVE MODE");
            var cancellation = new CancellationTokenSource();
            var run = new SchemaMigrator(database.ConnectionString).MigrateUpAsync(cancellationToken: cancellation.Token);
            await Eventually.ThatAsync(
                () => database.ScalarAsync<bool>(
                    "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.application_name LIKE 'pglocks:migrate:run:%'"
                    + " AND l.relation = 'pglocks.spaces'::regclass)"),
                because: "the step waits for the table");
            return new BlockedRun(blocker, run, cancellation, before);
        }

        public Task ReleaseAsync() => _blocker.ExecuteAsync("ROLLBACK");

        public async ValueTask DisposeAsync()
        {
            await _blocker.DisposeAsync();
            Cancellation.Dispose();
        }
    }
}
