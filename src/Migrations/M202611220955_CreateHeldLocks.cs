using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220955, "Create held_locks")]
public sealed class M202611220955_CreateHeldLocks : SchemaMigration
{
    public override void Up()
    {
        Create.Table("held_locks").InSchema(SchemaName)
            .WithColumn("instance_id").AsGuid().NotNullable().PrimaryKey("held_locks_pkey")
            .WithColumn("key_id").AsInt64().NotNullable().PrimaryKey("held_locks_pkey")
            .WithColumn("class_id").AsInt32().NotNullable()
            .WithColumn("slot").AsInt32().NotNullable()
            .WithColumn("fencing_token").AsInt64().NotNullable()
            .WithColumn("acquired_at").AsCustom("timestamptz").NotNullable()
            .WithColumn("updated_at").AsCustom("timestamptz").NotNullable();
    }

    public override void Down()
    {
        Delete.Table("held_locks").InSchema(SchemaName);
    }
}
