using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220905, "Create slot_of")]
public sealed class M202611220905_CreateSlotMapping : SchemaMigration
{
    public override void Up()
    {
        Sql("slot_of.sql");
    }

    public override void Down()
    {
        Execute.Sql("DROP FUNCTION pglocks.slot_of(text, text, text)");
        Execute.Sql("DROP FUNCTION pglocks.slot_in_pool(text, int4)");
    }
}
