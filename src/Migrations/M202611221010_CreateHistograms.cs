using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221010, "Create the functions of histograms")]
public sealed class M202611221010_CreateHistograms : SchemaMigration
{
    public override void Up()
    {
        Sql("histograms.sql");
    }

    public override void Down()
    {
        Sql("histograms.down.sql");
    }
}
