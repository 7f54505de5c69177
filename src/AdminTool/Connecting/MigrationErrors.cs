using PgLocks.Migrations;

namespace PgLocks.AdminTool.Connecting;

/// <summary>The exit code and name of what stopped a migration. Its message already says what to do next.</summary>
internal static class MigrationErrors
{
    public static ToolException Translate(MigrationException exception)
    {
        var (exitCode, code) = exception.Failure switch
        {
            MigrationFailure.CannotConnect => (ExitCode.CannotConnect, "cannot_connect"),
            MigrationFailure.SchemaNewer => (ExitCode.SchemaMismatch, "schema_newer"),
            MigrationFailure.UnknownVersion => (ExitCode.BadUsage, "unknown_version"),
            MigrationFailure.PermissionDenied => (ExitCode.Refused, "permission_denied"),
            MigrationFailure.UnsuitableServer => (ExitCode.Refused, "unsuitable_server"),
            MigrationFailure.LockNotObtained => (ExitCode.Refused, "migration_running"),
            MigrationFailure.LockLost => (ExitCode.Refused, "migration_lock_lost"),
            MigrationFailure.InUse => (ExitCode.Refused, "in_use"),
            _ => (ExitCode.Refused, "migration_failed"),
        };
        return new ToolException(exitCode, code, exception.Message, "'pglocks migrate status' shows what is applied.", exception);
    }
}
