using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221040, "Create the roles pglocks_app, pglocks_reader, pglocks_admin")]
public sealed class M202611221040_CreateRoles : SchemaMigration
{
    public override void Up()
    {
        Sql("roles.sql");
    }

    public override void Down()
    {
        Sql("roles.down.sql");
    }
}
