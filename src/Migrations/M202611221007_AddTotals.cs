using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221007, "Create add_totals")]
public sealed class M202611221007_AddTotals : SchemaMigration
{
    public override void Up()
    {
        Sql("add_totals.sql");
        Sql("count_growth.sql");
        Sql("add_totals_of.sql");
    }

    public override void Down()
    {
        Sql("add_totals.down.sql");
    }
}
