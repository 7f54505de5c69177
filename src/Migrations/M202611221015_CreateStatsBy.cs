using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221015, "Create stats_by")]
public sealed class M202611221015_CreateStatsBy : SchemaMigration
{
    public override void Up()
    {
        Sql("stats.sql");
    }

    public override void Down()
    {
        Execute.Sql("DROP FUNCTION pglocks.stats_by(text, interval)");
    }
}
