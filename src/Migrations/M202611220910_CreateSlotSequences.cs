using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220910, "Create the slot sequences and the space 'default'")]
public sealed class M202611220910_CreateSlotSequences : SchemaMigration
{
    public override void Up()
    {
        Sql("slot_sequences.sql");
    }

    public override void Down()
    {
        Sql("slot_sequences.down.sql");
    }
}
