using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221006, "Create lock_totals")]
public sealed class M202611221006_CreateLockTotals : SchemaMigration
{
    public override void Up()
    {
        Sql("lock_totals.sql");
    }

    public override void Down()
    {
        Sql("lock_totals.down.sql");
    }
}
