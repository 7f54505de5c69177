using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Migrations;

/// <summary>Roles belong to the cluster, and several databases of it may come and go at once: on a server of its own.</summary>
public sealed class RoleLifetimeTests
{
    private const string Roles = "SELECT coalesce(string_agg(rolname, ' ' ORDER BY rolname), '') FROM pg_roles WHERE rolname LIKE 'pglocks%'";
    private const string All = "pglocks_admin pglocks_app pglocks_reader";

    [Fact]
    public async Task MigrateDown_RolesNeededElsewhere_StayUntilNobodyNeedsThem()
    {
        await using var own = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound(), TestContext.Current.CancellationToken);
        await using var source = NpgsqlDataSource.Create(own.ConnectionString);
        await using var session = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var one = await CreateAsync(own, session, "one");
        var two = await CreateAsync(own, session, "two");

        await one.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        await two.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        await one.MigrateDownAsync(0, TestContext.Current.CancellationToken);
        var whileTwoIsThere = await session.ScalarAsync<string>(Roles);
        await session.ExecuteAsync("CREATE ROLE trader LOGIN IN ROLE pglocks_app");
        await two.MigrateDownAsync(0, TestContext.Current.CancellationToken);
        var whileTraderIsThere = await session.ScalarAsync<string>(Roles);
        await session.ExecuteAsync("DROP ROLE trader");
        await two.MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        await two.MigrateDownAsync(0, TestContext.Current.CancellationToken);

        Assert.Equal((All, "pglocks_app", ""), (whileTwoIsThere, whileTraderIsThere, await session.ScalarAsync<string>(Roles)));
    }

    [Fact]
    public async Task MigrateUpAndDown_ManyDatabasesAtOnce_ShareTheRoles()
    {
        await using var own = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound(), TestContext.Current.CancellationToken);
        await using var source = NpgsqlDataSource.Create(own.ConnectionString);
        await using var session = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var migrators = new List<SchemaMigrator>();
        for (var n = 0; n < 6; n++)
            migrators.Add(await CreateAsync(own, session, $"db{n}"));

        await Parallel.ForEachAsync(migrators, TestContext.Current.CancellationToken, async (migrator, cancellationToken) =>
        {
            await migrator.MigrateUpAsync(cancellationToken: cancellationToken);
            await migrator.MigrateDownAsync(202611221035, cancellationToken);
            await migrator.MigrateUpAsync(cancellationToken: cancellationToken);
        });

        Assert.Equal(All, await session.ScalarAsync<string>(Roles));
        foreach (var migrator in migrators)
            Assert.Empty(await migrator.ValidateAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<SchemaMigrator> CreateAsync(LocalServer server, NpgsqlConnection session, string name)
    {
        await session.ExecuteAsync($"CREATE DATABASE {name}");
        return new SchemaMigrator(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString);
    }
}
