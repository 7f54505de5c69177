using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

/// <summary>Runners in processes of their own: what a deployment of several hosts does.</summary>
public sealed class MigrateProcessTests(PostgresServer server)
{
    private const string Tool = "src/AdminTool/PgLocks.AdminTool.dll";

    [Fact]
    [Trait("Pitfall", "25: migrations are listed before they are locked")]
    public async Task MigrateUp_TenProcessesAtOnce_ApplyEachStepOnce()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        // Held until all ten stand in line, so that none of them finds the work done.
        await using var gate = await database.OpenAsync(TestContext.Current.CancellationToken);
        await gate.ExecuteAsync("SELECT pg_advisory_lock($1)", MigrationLock.Key);
        var runs = Enumerable.Range(0, 10).Select(_ => Start(database, "migrate", "up")).ToList();
        try
        {
            await Eventually.EqualAsync(
                10, () => database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pglocks:migrate:lock' AND datname = current_database()"),
                TimeSpan.FromSeconds(60));
            await gate.ExecuteAsync("SELECT pg_advisory_unlock($1)", MigrationLock.Key);

            foreach (var run in runs)
                Assert.True(await run.WaitForExitAsync(TimeSpan.FromSeconds(60)) == 0, string.Join('\n', run.Errors));
            var applied = await database.ColumnAsync<long>("SELECT version FROM pglocks.schema_versions ORDER BY version");
            var lines = runs.SelectMany(run => run.Output.Concat(run.Errors)).ToList();
            Assert.All(applied, version => Assert.Single(lines, line => line.Contains($"{version} applied: ", StringComparison.Ordinal)));
            Assert.Empty(await new SchemaMigrator(database.ConnectionString).ValidateAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            foreach (var run in runs)
                await run.DisposeAsync();
        }
    }

    [Fact]
    public async Task MigrateUp_InterruptedInTheMiddleOfAStep_LeavesWholeStepsAndNoLock()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var blocked = await BlockedStep.PrepareAsync(database);
        await using var run = Start(database, "migrate", "up");
        await blocked.IsReachedAsync();

        run.Signal(ProcessSignal.Interrupt);

        Assert.NotEqual(0, await run.WaitForExitAsync());
        Assert.Equal(0, await database.ScalarAsync<long>($"SELECT count(*) FROM pg_locks l WHERE {MigrationLock.InPgLocks}"));
        await blocked.ReleaseAsync();
        await blocked.AssertNothingOfItIsThereAsync();
    }

    private static ChildProcess Start(TestDatabase database, params IEnumerable<string> arguments) =>
        ChildProcess.Dotnet(Tool, arguments, [new("PGLOCKS_CONNECTION", database.ConnectionString)]);
}
