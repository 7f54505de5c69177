using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221005, "Create adopt_server")]
public sealed class M202611221005_CreateAdoptServer : SchemaMigration
{
    public override void Up()
    {
        Sql("adopt_server.sql");
    }

    public override void Down()
    {
        Execute.Sql("DROP FUNCTION pglocks.adopt_server(int4)");
    }
}
