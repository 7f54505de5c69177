using FluentMigrator.Runner.VersionTableInfo;

namespace PgLocks.Migrations;

/// <summary>Tells FluentMigrator about the table that <c>schema_versions.sql</c> creates.</summary>
internal sealed class SchemaVersionsTable : IVersionTableMetaData
{
    // False: FluentMigrator would otherwise create and drop the schema by itself, outside of the first and last step.
    public bool OwnsSchema => false;

    public string SchemaName => "pglocks";

    public string TableName => "schema_versions";

    public string ColumnName => "version";

    public string DescriptionColumnName => "description";

    public string AppliedOnColumnName => "applied_at";

    public string UniqueIndexName => "schema_versions_pkey";

    public bool CreateWithPrimaryKey => true;
}
