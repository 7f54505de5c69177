using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220951, "Create retention")]
public sealed class M202611220951_CreateRetention : SchemaMigration
{
    public override void Up()
    {
        Sql("retention.sql");
    }

    public override void Down()
    {
        Sql("retention.down.sql");
    }
}
