using Npgsql;

namespace PgLocks.Postgres;

/// <summary>What the server's error codes mean to a lock provider.</summary>
internal static class SqlStates
{
    /// <summary>A wait that ended by its <c>lock_timeout</c>, or by a cancel request of this process, which Npgsql reports by another exception.</summary>
    internal static bool IsEndOfWait(Exception error) => error is OperationCanceledException
        || error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled };

    internal static bool IsLockTimeout(PostgresException error) => error.SqlState == PostgresErrorCodes.LockNotAvailable;

    /// <summary>Whether the connection, and with it its transaction, is gone. Npgsql then calls the transaction disposed, and says by what.</summary>
    internal static bool IsBrokenConnection(Exception error) => error switch
    {
        PostgresException refused => refused.InvariantSeverity is "FATAL" or "PANIC",
        NpgsqlException or ObjectDisposedException { InnerException: not null } => true,
        _ => false,
    };

    /// <summary>A failure to start, told so that its reader knows what to do next. Never the connection string: it has a password.</summary>
    internal static PgLockException ToStartFailure(NpgsqlException error, NpgsqlConnectionStringBuilder target)
    {
        string server = $"{target.Host}:{target.Port}";
        return error is PostgresException refused
            ? refused.SqlState switch
            {
                PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => Configuration(
                    $"PostgreSQL at {server} refused user '{target.Username}': {refused.MessageText}. Check Username and Password in the connection string, and pg_hba.conf.", error),
                PostgresErrorCodes.InvalidCatalogName => Configuration(
                    $"Database '{target.Database}' does not exist at {server}. Create it, or correct Database in the connection string.", error),
                PostgresErrorCodes.InsufficientPrivilege => Configuration(
                    $"User '{target.Username}' lacks a right in database '{target.Database}' at {server}: {refused.MessageText}. Grant it the role pglocks_app.", error),
                PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => Transient(
                    $"PostgreSQL at {server} takes no connection now: {refused.MessageText}. Try again; raise max_connections if it stays.", error),
                _ => Configuration($"PostgreSQL at {server} answered {refused.SqlState}: {refused.MessageText}. Run 'pglocks doctor'.", error),
            }
            : Transient($"PostgreSQL at {server} cannot be reached: {Innermost(error)} Check Host and Port, and that the server runs.", error);
    }

    /// <summary>The start was carried out, but so slowly that the session's proof of being alive had run out before it was complete.</summary>
    internal static PgLockException ToStartFailure(TimeoutException error, NpgsqlConnectionStringBuilder target, TimeSpan lease) => Transient(
        $"PostgreSQL at {target.Host}:{target.Port} answers too slowly: a session could not be opened within LeaseDuration ({lease.TotalSeconds:0.###} s). Try again; raise LeaseDuration if it stays.",
        error);

    private static PgLocksConfigurationException Configuration(string message, Exception cause) => new(message, cause);

    private static PgLockException Transient(string message, Exception cause) => new(message, isTransient: true, cause: cause);

    private static string Innermost(Exception error) => error.GetBaseException().Message.TrimEnd('.') + ".";
}
