using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221037, "Create the rollout from one backend to another")]
public sealed class M202611221037_CreateRollout : SchemaMigration
{
    public override void Up()
    {
        Sql("rollout.sql");
    }

    public override void Down()
    {
        Sql("rollout.down.sql");
    }
}
