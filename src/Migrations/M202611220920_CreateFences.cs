using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220920, "Create fences")]
public sealed class M202611220920_CreateFences : SchemaMigration
{
    public override void Up()
    {
        Create.Table("fences").InSchema(SchemaName)
            .WithColumn("class_id").AsInt32().NotNullable().PrimaryKey("fences_pkey")
            .WithColumn("slot").AsInt32().NotNullable().PrimaryKey("fences_pkey")
            .WithColumn("epoch").AsInt64().NotNullable();
        // Few rows, each updated at every change of owner: room for updates within the page, and a vacuum that comes at once.
        Execute.Sql("ALTER TABLE pglocks.fences SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200, "
            + "autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000)");
        Sql("fence.sql");
    }

    public override void Down()
    {
        Execute.Sql("DROP FUNCTION pglocks.fence(int4, int4, int8)");
        Delete.Table("fences").InSchema(SchemaName);
    }
}
