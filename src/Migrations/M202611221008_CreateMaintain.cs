using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221008, "Create maintain")]
public sealed class M202611221008_CreateMaintain : SchemaMigration
{
    public override void Up()
    {
        Sql("roll_up.sql");
        Sql("prune.sql");
        Sql("maintain.sql");
        Execute.Sql("SELECT pglocks.make_days()");
    }

    public override void Down()
    {
        Sql("maintain.down.sql");
        Sql("prune.down.sql");
        Execute.Sql("DROP FUNCTION pglocks.roll_up_day(date)");
    }
}
