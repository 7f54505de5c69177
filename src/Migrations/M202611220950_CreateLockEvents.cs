using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220950, "Create lock_events")]
public sealed class M202611220950_CreateLockEvents : SchemaMigration
{
    public override void Up()
    {
        Sql("lock_events.sql");
    }

    public override void Down()
    {
        Delete.Table("lock_events").InSchema(SchemaName);
    }
}
