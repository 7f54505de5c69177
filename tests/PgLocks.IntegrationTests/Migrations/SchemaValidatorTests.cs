using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

public sealed class SchemaValidatorTests(PostgresServer server)
{
    [Fact]
    public async Task ValidateAsync_FreshSchema_FindsNothingAndKnowsEveryObject()
    {
        await using var database = await server.CreateDatabaseAsync();

        Assert.Empty(await ValidateAsync(database));
        // The indexes of partitions are named by the server.
        Assert.Equal(
            SchemaValidator.Expected().Order(StringComparer.Ordinal),
            (await database.ColumnAsync<string>(EmbeddedSql.Read("validate_objects.sql"))).Where(name => !name.EndsWith("_idx", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ValidateAsync_EmptyDatabase_SaysHowToMigrate()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);

        Assert.Equal("The schema pglocks is missing: run 'pglocks migrate up'.", Assert.Single(await ValidateAsync(database)));
    }

    [Fact]
    public async Task ValidateAsync_PendingAndUnknownVersions_NamesThem()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("UPDATE pglocks.schema_versions SET version = 209901010000 WHERE version = $1", SchemaMigrator.LatestVersion);

        var problems = await ValidateAsync(database);

        Assert.Equal(2, problems.Count);
        Assert.Contains($"Version {SchemaMigrator.LatestVersion} ", problems[0], StringComparison.Ordinal);
        Assert.Contains("Version 209901010000 was applied by a newer PgLocks", problems[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DROP VIEW pglocks.long_held", "view long_held is missing")]
    [InlineData("DROP INDEX pglocks.position_keys_slot", "index position_keys_slot is missing")]
    [InlineData("ALTER TABLE pglocks.spaces DISABLE TRIGGER spaces_guard", "trigger spaces_guard on spaces is missing")]
    [InlineData("DROP FUNCTION pglocks.terminate_holder", "function terminate_holder(")]
    [InlineData("GRANT EXECUTE ON FUNCTION pglocks.fence TO PUBLIC", "pglocks.fence may be executed by PUBLIC")]
    [InlineData("ALTER FUNCTION pglocks.adopt_server RESET ALL", "pglocks.adopt_server has no fixed search_path")]
    [InlineData("DROP SEQUENCE pglocks.slot_1346849792_17", "Space 'default' lacks 1 of its 257 slot sequences")]
    [InlineData("ALTER SEQUENCE pglocks.slot_1346849792_17 CACHE 10", "Space 'default' lacks 1 of its 257 slot sequences")]
    [Trait("Pitfall", "26: pg_signal_backend ends anybody's session")]
    public async Task ValidateAsync_SomethingWasChangedByHand_SaysWhat(string change, string problem)
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync(change);

        Assert.Contains(problem, Assert.Single(await ValidateAsync(database)), StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<string>> ValidateAsync(TestDatabase database) =>
        new SchemaMigrator(database.ConnectionString).ValidateAsync(TestContext.Current.CancellationToken);
}
