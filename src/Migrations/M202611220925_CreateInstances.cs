using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220925, "Create instances")]
public sealed class M202611220925_CreateInstances : SchemaMigration
{
    public override void Up()
    {
        Create.Table("instances").InSchema(SchemaName)
            .WithColumn("instance_id").AsGuid().NotNullable().PrimaryKey("instances_pkey")
            .WithColumn("class_id").AsInt32().NotNullable()
            .WithColumn("application").AsCustom("text").NotNullable()
            .WithColumn("host").AsCustom("text").NotNullable()
            .WithColumn("pid").AsInt32().NotNullable()
            .WithColumn("version").AsCustom("text").NotNullable()
            .WithColumn("started_at").AsCustom("timestamptz").NotNullable()
            .WithColumn("last_seen_at").AsCustom("timestamptz").NotNullable()
            .WithColumn("closed_at").AsCustom("timestamptz").Nullable() // set by a clean close only
            .WithColumn("flush_number").AsInt64().NotNullable().WithDefaultValue(0)
            .WithColumn("written_to").AsCustom("timestamptz").Nullable() // the end of the last interval that was written
            .WithColumn("recorded").AsInt64().NotNullable().WithDefaultValue(0)
            .WithColumn("dropped").AsInt64().NotNullable().WithDefaultValue(0)
            .WithColumn("dropped_events").AsInt64().NotNullable().WithDefaultValue(0)
            .WithColumn("long_hold_ms").AsInt32().NotNullable();
    }

    public override void Down()
    {
        Delete.Table("instances").InSchema(SchemaName);
    }
}
