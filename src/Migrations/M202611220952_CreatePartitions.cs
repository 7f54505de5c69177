using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220952, "Create the partitions of days")]
public sealed class M202611220952_CreatePartitions : SchemaMigration
{
    public override void Up()
    {
        Sql("partitions.sql");
    }

    public override void Down()
    {
        Sql("partitions.down.sql");
    }
}
