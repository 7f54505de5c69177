using FluentMigrator;

namespace PgLocks.Migrations;

/// <summary>What the steps share: the schema, and SQL that FluentMigrator's own language cannot say.</summary>
public abstract class SchemaMigration : Migration
{
    /// <summary>Where everything lives.</summary>
    protected const string SchemaName = "pglocks";

    /// <summary>The server's clock, as a column default.</summary>
    protected static RawSql Now => RawSql.Insert("now()");

    /// <summary>Runs an embedded file of the folder Sql.</summary>
    protected void Sql(string file) => Execute.EmbeddedScript(EmbeddedSql.ResourceName(file));

    /// <summary>Adds a check constraint to a column.</summary>
    protected void Check(string table, string column, string condition) =>
        Execute.Sql($"ALTER TABLE {SchemaName}.{table} ADD CONSTRAINT {table}_{column}_check CHECK ({condition})");
}
