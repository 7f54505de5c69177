using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

public sealed class SchemaMigratorTests(PostgresServer server)
{
    [Fact]
    public async Task MigrateUpAsync_EmptyDatabase_AppliesEveryVersionOnce()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        var migrator = new SchemaMigrator(database.ConnectionString);

        var first = await migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        var second = await migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(await AppliedAsync(database), first);
        Assert.Equal(SchemaMigrator.LatestVersion, first[^1]);
        Assert.Empty(second);
    }

    [Fact]
    public async Task MigrateDownAsync_ToZero_LeavesNothingAndUpBringsItBack()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        var migrator = new SchemaMigrator(database.ConnectionString);
        var up = await migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        var before = await Catalog.OfAsync(database);

        var down = await migrator.MigrateDownAsync(0, TestContext.Current.CancellationToken);
        var schema = await database.ScalarAsync<string>("SELECT to_regnamespace('pglocks')::text");
        await migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(up.Reverse(), down);
        Assert.Null(schema);
        Assert.Equal(before, await Catalog.OfAsync(database));
    }

    [Fact]
    public async Task MigrateDownAsync_EveryStepAlone_IsUndoneByItsUp()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        var migrator = new SchemaMigrator(database.ConnectionString);
        var versions = await migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        var catalogs = new Dictionary<long, IReadOnlyList<string>>();

        foreach (var version in versions.Reverse().Skip(1))
        {
            await migrator.MigrateDownAsync(version, TestContext.Current.CancellationToken);
            catalogs[version] = await Catalog.OfAsync(database);
        }
        await migrator.MigrateDownAsync(0, TestContext.Current.CancellationToken);

        foreach (var version in versions.SkipLast(1))
        {
            await migrator.MigrateUpAsync(version, TestContext.Current.CancellationToken);
            Assert.Equal(catalogs[version], await Catalog.OfAsync(database));
        }
    }

    [Fact]
    public async Task MigrateDownAsync_EmptyDatabase_DoesNothing()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);

        Assert.Empty(await new SchemaMigrator(database.ConnectionString).MigrateDownAsync(0, TestContext.Current.CancellationToken));
        Assert.Null(await database.ScalarAsync<string>("SELECT to_regnamespace('pglocks')::text"));
    }

    [Fact]
    public async Task MigrateDownAsync_ForeignTableInTheSchema_KeepsTableAndSchema()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE pglocks.not_ours (x int)");

        var failure = await Assert.ThrowsAsync<MigrationException>(
            () => new SchemaMigrator(database.ConnectionString).MigrateDownAsync(0, TestContext.Current.CancellationToken));

        Assert.Equal(MigrationFailure.StepFailed, failure.Failure);
        Assert.Equal("pglocks.not_ours", await database.ScalarAsync<string>("SELECT to_regclass('pglocks.not_ours')::text"));
    }

    [Fact]
    public async Task MigrateDownAsync_AnInstanceIsLive_IsRefusedUntilItStops()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var home = await database.OpenAsync(TestContext.Current.CancellationToken);
        await home.ExecuteAsync("SELECT pg_advisory_lock_shared(1346849792, -1)");
        var migrator = new SchemaMigrator(database.ConnectionString);

        var failure = await Assert.ThrowsAsync<MigrationException>(() => migrator.MigrateDownAsync(0, TestContext.Current.CancellationToken));
        await home.ExecuteAsync("SELECT pg_advisory_unlock_shared(1346849792, -1)");
        await migrator.MigrateDownAsync(0, TestContext.Current.CancellationToken);

        Assert.Equal(MigrationFailure.InUse, failure.Failure);
        Assert.Contains(home.ProcessID.ToString(), failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(209901010000)]
    [InlineData(-1)]
    public async Task MigrateUpAndDownAsync_UnknownVersion_SayWhichExist(long version)
    {
        var migrator = new SchemaMigrator("Host=never-asked");

        var up = await Assert.ThrowsAsync<MigrationException>(() => migrator.MigrateUpAsync(version, TestContext.Current.CancellationToken));
        var down = await Assert.ThrowsAsync<MigrationException>(() => migrator.MigrateDownAsync(version, TestContext.Current.CancellationToken));

        Assert.Equal((MigrationFailure.UnknownVersion, MigrationFailure.UnknownVersion), (up.Failure, down.Failure));
        Assert.Contains(SchemaMigrator.LatestVersion.ToString(), up.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MigrateUpAndDownAsync_DatabaseOfANewerPgLocks_Refuse()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("INSERT INTO pglocks.schema_versions (version, description) VALUES (209901010000, 'from the future')");
        var migrator = new SchemaMigrator(database.ConnectionString);

        var up = await Assert.ThrowsAsync<MigrationException>(() => migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken));
        var down = await Assert.ThrowsAsync<MigrationException>(() => migrator.MigrateDownAsync(0, TestContext.Current.CancellationToken));
        var status = await migrator.GetStatusAsync(TestContext.Current.CancellationToken);

        Assert.Equal((MigrationFailure.SchemaNewer, MigrationFailure.SchemaNewer), (up.Failure, down.Failure));
        Assert.False(status.IsCurrent);
        Assert.Equal((209901010000, "from the future", false), (status.Current, status.Migrations[^1].Description, status.Migrations[^1].IsKnown));
    }

    [Fact]
    public async Task GetStatusAsync_BeforeBetweenAndAfter_TellsWhereItStands()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        var migrator = new SchemaMigrator(database.ConnectionString);

        var empty = await migrator.GetStatusAsync(TestContext.Current.CancellationToken);
        var middle = empty.Migrations[3].Version;
        await migrator.MigrateUpAsync(middle, TestContext.Current.CancellationToken);
        var partial = await migrator.GetStatusAsync(TestContext.Current.CancellationToken);
        await migrator.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        var complete = await migrator.GetStatusAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, SchemaMigrator.LatestVersion, false), (empty.Current, empty.Latest, empty.IsCurrent));
        Assert.All(empty.Migrations, migration => Assert.Null(migration.AppliedAt));
        Assert.Equal((middle, 4), (partial.Current, partial.Migrations.Count(migration => migration.AppliedAt is not null)));
        Assert.True(complete.IsCurrent);
        Assert.Equal(await AppliedAsync(database), complete.Migrations.Select(migration => migration.Version));
    }

    [Fact]
    public async Task MigrateUpAsync_WithLog_WritesALineAStep()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        var lines = new List<string>();

        var applied = await new SchemaMigrator(database.ConnectionString, log: lines.Add).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(applied, lines.Where(line => line.Contains(" applied: ", StringComparison.Ordinal)).Select(line => long.Parse(line[..12])));
    }

    private static Task<IReadOnlyList<long>> AppliedAsync(TestDatabase database) =>
        database.ColumnAsync<long>("SELECT version FROM pglocks.schema_versions ORDER BY version");
}
