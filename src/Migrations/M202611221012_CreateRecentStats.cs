using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221012, "Create recent_stats and window_quantile")]
public sealed class M202611221012_CreateRecentStats : SchemaMigration
{
    public override void Up()
    {
        Sql("quantiles.sql");
        Sql("recent_stats.sql");
    }

    public override void Down()
    {
        Sql("recent_stats.down.sql");
        Sql("quantiles.down.sql");
    }
}
