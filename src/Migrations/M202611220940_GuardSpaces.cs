using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220940, "Guard the mapping of spaces in use")]
public sealed class M202611220940_GuardSpaces : SchemaMigration
{
    public override void Up()
    {
        Sql("space_guard.sql");
    }

    public override void Down()
    {
        Sql("space_guard.down.sql");
    }
}
