using FluentMigrator;

namespace PgLocks.Migrations;

[Migration(202611220930, "Create sessions")]
public sealed class M202611220930_CreateSessions : SchemaMigration
{
    public override void Up()
    {
        // A pid alone is given to another backend one day: pid and start are the identity.
        Create.Table("sessions").InSchema(SchemaName)
            .WithColumn("backend_pid").AsInt32().NotNullable().PrimaryKey("sessions_pkey")
            .WithColumn("backend_start").AsCustom("timestamptz").NotNullable().PrimaryKey("sessions_pkey")
            .WithColumn("instance_id").AsGuid().NotNullable().Indexed("sessions_instance_id")
            .WithColumn("role").AsCustom("text").NotNullable()
            .WithColumn("opened_at").AsCustom("timestamptz").NotNullable().WithDefaultValue(Now);
        Check("sessions", "role", "role IN ('home', 'listener', 'waiter', 'telemetry')");
    }

    public override void Down()
    {
        Delete.Table("sessions").InSchema(SchemaName);
    }
}
