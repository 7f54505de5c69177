using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

/// <summary>What can be wrong before the first step: each has a reason to branch on and a message that says what to do.</summary>
public sealed class MigrationErrorTests(PostgresServer server)
{
    private const string Secret = "s3cret-pa55";

    [Fact]
    public async Task MigrateUpAsync_NobodyListens_SaysWhereAndNotThePassword()
    {
        var failure = await FailAsync($"Host=127.0.0.1;Port={FreePort.Next()};Database=orders;Username=app;Password={Secret}");

        Assert.Equal(MigrationFailure.CannotConnect, failure.Failure);
        Assert.Contains("'orders' on 127.0.0.1:", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Pitfall", "27: connection strings keep their password")]
    public void Constructor_ConnectionStringThatCannotBeRead_DoesNotQuoteIt()
    {
        var failure = Assert.Throws<MigrationException>(() => new SchemaMigrator($"Host=localhost;Pasword={Secret}"));

        Assert.Equal(MigrationFailure.CannotConnect, failure.Failure);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MigrateUpAsync_DatabaseMissing_SaysSo()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);

        var failure = await FailAsync(With(database, target => target.Database = "no_such_database"));

        Assert.Equal(MigrationFailure.CannotConnect, failure.Failure);
        Assert.Contains("There is no database 'no_such_database'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MigrateUpAsync_WrongPassword_SaysSo()
    {
        // On a server of its own: the one of the other tests may trust everybody.
        await using var own = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound(), TestContext.Current.CancellationToken);

        var failure = await FailAsync(new NpgsqlConnectionStringBuilder(own.ConnectionString) { Password = Secret }.ConnectionString);

        Assert.Equal(MigrationFailure.CannotConnect, failure.Failure);
        Assert.Contains("Check user name and password", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MigrateUpAsync_RoleMayNotCreateASchema_SaysWhoMay()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var role = await TestRole.CreateAsync(database);

        var failure = await FailAsync(role.ConnectionString);

        Assert.Equal(MigrationFailure.PermissionDenied, failure.Failure);
        Assert.Contains("CREATE on the database", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MigrateUpAsync_BehindAPooler_IsRefused()
    {
        await using var database = await server.CreateDatabaseAsync(migrated: false);
        await using var pooler = await PgBouncerServer.StartAsync(await server.GetConnectionStringAsync(), PoolMode.Transaction);

        var failure = await FailAsync(pooler.Through(database.ConnectionString));

        Assert.Equal(MigrationFailure.UnsuitableServer, failure.Failure);
        Assert.Contains("pooler", failure.Message, StringComparison.Ordinal);
    }

    private static Task<MigrationException> FailAsync(string connectionString) => Assert.ThrowsAsync<MigrationException>(
        () => new SchemaMigrator(connectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken));

    private static string With(TestDatabase database, Action<NpgsqlConnectionStringBuilder> change)
    {
        var target = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        change(target);
        return target.ConnectionString;
    }
}
