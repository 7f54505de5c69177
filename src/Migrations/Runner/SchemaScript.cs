using System.Globalization;
using System.Text;
using FluentMigrator.Runner;
using Microsoft.Extensions.DependencyInjection;

namespace PgLocks.Migrations;

/// <summary>Writes what the runner would execute, for those who let nothing but reviewed SQL near their database.</summary>
internal static class SchemaScript
{
    public static string Write()
    {
        var statements = new SqlRecorder();
        using var services = RunnerServices.ForScript(statements);
        using var scope = services.CreateScope();
        var runner = scope.ServiceProvider.GetRequiredService<IMigrationRunner>();

        var script = new StringBuilder().Append(CultureInfo.InvariantCulture, $"""
            -- PgLocks: the schema pglocks, from an empty database to version {MigrationCatalog.Latest}. Run it as the role that shall own it:
            --     psql -v ON_ERROR_STOP=1 -f FILE
            -- One transaction, all or nothing. Roles that this role may not create are left out with a notice; create them as a superuser
            -- (CREATE ROLE pglocks_app NOLOGIN, pglocks_reader, pglocks_admin), and run SELECT pglocks.grant_roles() as the owner.
            BEGIN;

            -- The lock of 'pglocks migrate': a script and a runner wait for each other.
            SELECT pg_advisory_xact_lock({MigrationLock.Key});

            {EmbeddedSql.Read("schema_versions.sql")}
            """);
        foreach (var migration in runner.MigrationLoader.LoadMigrations().Values)
        {
            script.Append(CultureInfo.InvariantCulture, $"\n\n-- {migration.Version} {migration.Description}\n\n");
            runner.Up(migration.Migration);
            script.AppendJoin("\n\n", statements.Take().Select(Terminate));
            script.Append(
                CultureInfo.InvariantCulture,
                $"\n\nINSERT INTO pglocks.schema_versions (version, description) VALUES ({migration.Version}, {Quote(migration.Description)});");
        }

        return script.Append("\n\nCOMMIT;\n").ToString();
    }

    private static string Terminate(string statement) => statement.TrimEnd() is var text && text.EndsWith(';') ? text : text + ";";

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
