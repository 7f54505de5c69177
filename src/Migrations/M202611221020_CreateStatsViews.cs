using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221020, "Create key_stats, slot_stats, instance_stats")]
public sealed class M202611221020_CreateStatsViews : SchemaMigration
{
    public override void Up()
    {
        Sql("stats_views.sql");
    }

    public override void Down()
    {
        Sql("stats_views.down.sql");
    }
}
