using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Rendering;
using PgLocks.Migrations;

namespace PgLocks.AdminTool.Connecting;

/// <summary>Turns what was thrown into what a person can act upon.</summary>
internal static class ServerErrors
{
    /// <summary>Null: not an error of the server, of the network or of the tool, but a defect, which shall be seen whole.</summary>
    public static ToolException? Translate(Exception exception, Invocation call) => exception switch
    {
        ToolException known => known,
        MigrationException migration => MigrationErrors.Translate(migration),
        PostgresException answer => Answered(answer, call),
        NpgsqlException { InnerException: TimeoutException } or TimeoutException => TimedOut(exception, call),
        NpgsqlException broken => Refuse(
            ExitCode.CannotConnect, "cannot_connect", $"Cannot reach {call.Target}: {Innermost(broken)}", "Check that the server runs, and Host and Port.", broken),
        _ => null,
    };

    public static ToolException NoAnswer(Invocation call, Exception exception) => Refuse(
        ExitCode.CannotConnect, "cannot_connect", $"Cannot reach {call.Target}: no answer within {Durations.Show(call.Timeout)}.",
        "Check that the server runs, Host and Port, and the firewall between.", exception);

    /// <summary>The driver looks at settings that do not go together, and at files that they name, only when it connects.</summary>
    public static ToolException BadSettings(Exception exception) => Refuse(
        ExitCode.BadUsage, "bad_connection", $"The connection string has settings that are refused: {exception.Message.TrimEnd('.')}.", "Correct them.", exception);

    private static ToolException Answered(PostgresException error, Invocation call) => error.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => Refuse(
            ExitCode.CannotConnect, "login_refused", $"The server refused the login to {call.Target}: {error.MessageText}.",
            "Check Username and Password in the connection string, and pg_hba.conf on the server.", error),
        PostgresErrorCodes.InvalidCatalogName => Refuse(
            ExitCode.CannotConnect, "database_missing", $"There is no {call.Target}.", "Create it with CREATE DATABASE, or correct Database in the connection string.", error),
        PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow => Refuse(
            ExitCode.CannotConnect, "server_busy", $"The server takes no connection to {call.Target} now: {error.MessageText}.",
            "Try again; raise max_connections if it stays so.", error),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => Refuse(
            ExitCode.CannotConnect, "session_ended", $"The server ended this session: {error.MessageText}.", "Try again when the server is back.", error),
        PostgresErrorCodes.QueryCanceled => TimedOut(error, call),
        PostgresErrorCodes.InsufficientPrivilege => Refuse(
            ExitCode.Refused, "permission_denied", $"'{call.Target.User}' may not do this: {error.MessageText}.",
            $"GRANT pglocks_reader TO \"{call.Target.User}\" is enough to look, pglocks_admin to change.", error),
        PostgresErrorCodes.ReadOnlySqlTransaction => Refuse(
            ExitCode.Refused, "read_only", $"The {call.Target} cannot be written: {error.MessageText}.", "Connect to the primary.", error),
        _ => Refuse(
            ExitCode.Refused, "server_error", $"The server answered {error.SqlState}: {error.MessageText}.",
            error.Hint ?? "Run 'pglocks doctor' and 'pglocks migrate validate'.", error),
    };

    private static ToolException TimedOut(Exception exception, Invocation call) => Refuse(
        ExitCode.Refused, "timeout", $"The server did not answer within {Durations.Show(call.Timeout)}.",
        "Give it longer with --timeout 1m, or ask for less.", exception);

    private static string Innermost(Exception exception) => exception.GetBaseException().Message.TrimEnd('.') + ".";

    private static ToolException Refuse(int exitCode, string code, string message, string next, Exception cause) =>
        new(exitCode, code, message, next, cause);
}
