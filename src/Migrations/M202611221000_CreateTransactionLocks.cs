using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221000, "Create xact_lock, try_xact_lock and gain_xact_lock")]
public sealed class M202611221000_CreateTransactionLocks : SchemaMigration
{
    public override void Up()
    {
        Sql("transaction_locks.sql");
    }

    public override void Down()
    {
        Sql("transaction_locks.down.sql");
    }
}
