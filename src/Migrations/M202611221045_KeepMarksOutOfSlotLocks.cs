using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611221045, "Keep the marks of live instances out of slot_locks")]
public sealed class M202611221045_KeepMarksOutOfSlotLocks : SchemaMigration
{
    public override void Up() => Sql("slot_locks.sql");

    public override void Down() => Sql("slot_locks.down.sql");
}
