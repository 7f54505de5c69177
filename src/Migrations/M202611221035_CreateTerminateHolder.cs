using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221035, "Create terminate_holder")]
public sealed class M202611221035_CreateTerminateHolder : SchemaMigration
{
    public override void Up()
    {
        Sql("terminate_holder.sql");
    }

    public override void Down()
    {
        Execute.Sql("DROP FUNCTION pglocks.terminate_holder(int4, timestamptz, int4, text)");
    }
}
