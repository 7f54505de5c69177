using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

public sealed class SchemaScriptTests(PostgresServer server)
{
    [Fact]
    public async Task Script_ThroughPsql_GivesTheSchemaOfTheRunner()
    {
        await using var byScript = await server.CreateDatabaseAsync(migrated: false);
        await using var byRunner = await server.CreateDatabaseAsync(migrated: false);
        await new SchemaMigrator(byRunner.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);

        await using var psql = await RunAsync(byScript);

        Assert.True(psql.ExitCode == 0, string.Join('\n', psql.Errors));
        Assert.Equal(await Catalog.OfAsync(byRunner), await Catalog.OfAsync(byScript));
        var status = await new SchemaMigrator(byScript.ConnectionString).GetStatusAsync(TestContext.Current.CancellationToken);
        Assert.True(status.IsCurrent);
        Assert.Empty(await new SchemaMigrator(byScript.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Script_ThroughPsqlTwice_FailsWithoutATrace()
    {
        await using var database = await server.CreateDatabaseAsync();
        var before = await Catalog.OfAsync(database);

        await using var psql = await RunAsync(database);

        Assert.Equal(3, psql.ExitCode);
        Assert.Equal(before, await Catalog.OfAsync(database));
    }

    [Fact]
    public void Script_WithoutAServer_IsPlainAsciiSqlInOneTransaction()
    {
        var script = SchemaMigrator.Script();

        Assert.DoesNotContain(script, character => character > 127);
        Assert.Equal(1, script.Split('\n').Count(line => line == "BEGIN;"));
        Assert.Equal("COMMIT;", script.TrimEnd().Split('\n')[^1]);
    }

    private static async Task<ChildProcess> RunAsync(TestDatabase database)
    {
        var target = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        // A file: psql that ends at an error leaves the rest of a pipe unread.
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, SchemaMigrator.Script(), TestContext.Current.CancellationToken);
            var psql = ChildProcess.Start(
                PostgresBinaries.Find()["psql"],
                ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file, "-h", target.Host!, "-p", target.Port.ToString(), "-U", target.Username!, "-d", database.Name],
                [new("PGPASSWORD", target.Password)]);
            psql.Input.Close();
            await psql.WaitForExitAsync();
            return psql;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
