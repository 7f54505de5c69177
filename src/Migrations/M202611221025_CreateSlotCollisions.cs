using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221025, "Create slot_collisions")]
public sealed class M202611221025_CreateSlotCollisions : SchemaMigration
{
    public override void Up()
    {
        Sql("slot_collisions.sql");
    }

    public override void Down()
    {
        Execute.Sql("DROP VIEW pglocks.slot_collisions");
    }
}
