using FluentMigrator;

namespace PgLocks.Migrations;

/// <summary>Which instances use a key: a wait for a slot that another process owns is false contention where no other uses the key, and one uses another key of the slot.</summary>
[Migration(202611220956, "Create key_users")]
public sealed class M202611220956_CreateKeyUsers : SchemaMigration
{
    public override void Up()
    {
        Create.Table("key_users").InSchema(SchemaName)
            .WithColumn("key_id").AsInt64().NotNullable().PrimaryKey("key_users_pkey")
            .WithColumn("instance_id").AsGuid().NotNullable().PrimaryKey("key_users_pkey");
        Create.Index("key_users_instance_id").OnTable("key_users").InSchema(SchemaName).OnColumn("instance_id");
    }

    public override void Down()
    {
        Delete.Table("key_users").InSchema(SchemaName);
    }
}
