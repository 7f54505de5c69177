using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220915, "Create create_space")]
public sealed class M202611220915_AddCreateSpace : SchemaMigration
{
    public override void Up()
    {
        Sql("create_space.sql");
    }

    public override void Down()
    {
        Execute.Sql("DROP FUNCTION pglocks.create_space(text, int4)");
    }
}
