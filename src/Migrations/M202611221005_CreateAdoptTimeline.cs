using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221005, "Create adopt_timeline")]
public sealed class M202611221005_CreateAdoptTimeline : SchemaMigration
{
    public override void Up()
    {
        Sql("adopt_timeline.sql");
    }

    public override void Down()
    {
        Execute.Sql("DROP FUNCTION pglocks.adopt_timeline(int4)");
    }
}
