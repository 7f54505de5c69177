using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220945, "Create lock_stats")]
public sealed class M202611220945_CreateLockStats : SchemaMigration
{
    public override void Up()
    {
        Sql("lock_stats.sql");
    }

    public override void Down()
    {
        Delete.Table("lock_stats").InSchema(SchemaName);
    }
}
