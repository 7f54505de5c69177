using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221030, "Create current_holders, current_waiters, long_held")]
public sealed class M202611221030_CreateHolderViews : SchemaMigration
{
    public override void Up()
    {
        Sql("holders.sql");
    }

    public override void Down()
    {
        Sql("holders.down.sql");
    }
}
