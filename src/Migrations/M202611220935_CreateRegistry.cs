using FluentMigrator;
using FluentMigrator.Postgres;

namespace PgLocks.Migrations;

[Migration(202611220935, "Create miners, trade_pairs, position_keys")]
public sealed class M202611220935_CreateRegistry : SchemaMigration
{
    public override void Up()
    {
        Create.Table("miners").InSchema(SchemaName)
            .WithColumn("miner_id").AsInt64().NotNullable().PrimaryKey("miners_pkey").Identity(PostgresGenerationType.Always)
            .WithColumn("hotkey").AsCustom("text").NotNullable().Unique("miners_hotkey_key")
            .WithColumn("registered_at").AsCustom("timestamptz").NotNullable().WithDefaultValue(Now)
            .WithColumn("deregistered_at").AsCustom("timestamptz").Nullable();

        Create.Table("trade_pairs").InSchema(SchemaName)
            .WithColumn("trade_pair_id").AsCustom("text").NotNullable().PrimaryKey("trade_pairs_pkey")
            .WithColumn("display_name").AsCustom("text").Nullable()
            .WithColumn("asset_class").AsCustom("text").Nullable()
            .WithColumn("registered_at").AsCustom("timestamptz").NotNullable().WithDefaultValue(Now)
            .WithColumn("retired_at").AsCustom("timestamptz").Nullable();

        Create.Table("position_keys").InSchema(SchemaName)
            .WithColumn("key_id").AsInt64().NotNullable().PrimaryKey("position_keys_pkey").Identity(PostgresGenerationType.Always)
            .WithColumn("class_id").AsInt32().NotNullable()
            .WithColumn("miner_id").AsInt64().NotNullable()
                .ForeignKey("position_keys_miner_id_fkey", SchemaName, "miners", "miner_id").Indexed("position_keys_miner_id")
            .WithColumn("trade_pair_id").AsCustom("text").NotNullable()
                .ForeignKey("position_keys_trade_pair_id_fkey", SchemaName, "trade_pairs", "trade_pair_id").Indexed("position_keys_trade_pair_id")
            .WithColumn("slot").AsInt32().NotNullable()
            .WithColumn("first_seen_at").AsCustom("timestamptz").NotNullable()
            .WithColumn("last_seen_at").AsCustom("timestamptz").NotNullable();
        Create.UniqueConstraint("position_keys_key").OnTable("position_keys").WithSchema(SchemaName).Columns("class_id", "miner_id", "trade_pair_id");
        Create.Index("position_keys_slot").OnTable("position_keys").InSchema(SchemaName).OnColumn("class_id").Ascending().OnColumn("slot").Ascending();
        Sql("registry_changes.sql");
    }

    public override void Down()
    {
        Sql("registry_changes.down.sql");
        Delete.Table("position_keys").InSchema(SchemaName);
        Delete.Table("trade_pairs").InSchema(SchemaName);
        Delete.Table("miners").InSchema(SchemaName);
    }
}
