using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220900, "Create spaces")]
public sealed class M202611220900_CreateSpaces : SchemaMigration
{
    public override void Up()
    {
        Create.Table("spaces").InSchema(SchemaName)
            .WithColumn("name").AsCustom("text").NotNullable().PrimaryKey("spaces_pkey")
            .WithColumn("class_id").AsInt32().NotNullable().Unique("spaces_class_id_key")
            .WithColumn("pool_size").AsInt32().NotNullable()
            .WithColumn("hash_version").AsInt16().NotNullable().WithDefaultValue(1)
            .WithColumn("generation").AsInt64().NotNullable().WithDefaultValue(1)
            .WithColumn("timeline").AsInt64().NotNullable() // of the WAL, when the slots were made or last moved
            .WithColumn("recovered_at").AsCustom("timestamptz").Nullable() // of the server, likewise
            .WithColumn("lock_delay_ms").AsInt32().NotNullable().WithDefaultValue(3500)
            .WithColumn("created_at").AsCustom("timestamptz").NotNullable().WithDefaultValue(Now);
        Check("spaces", "class_id", "class_id > 0");
        Check("spaces", "pool_size", "pool_size BETWEEN 16 AND 4096 AND pool_size & (pool_size - 1) = 0");
        Check("spaces", "hash_version", "hash_version = 1");
        Check("spaces", "lock_delay_ms", "lock_delay_ms >= 0");
    }

    public override void Down()
    {
        Delete.Table("spaces").InSchema(SchemaName);
    }
}
