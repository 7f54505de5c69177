using Npgsql;

namespace PgLocks.Postgres;

/// <summary>What the server's error codes mean to a lock provider.</summary>
internal static class SqlStates
{
    /// <summary>A wait that ended by its <c>lock_timeout</c>, or by a cancel request of this process, which Npgsql reports by another exception.</summary>
    internal static bool IsEndOfWait(Exception error) => error is OperationCanceledException
        || error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled };

    internal static bool IsLockTimeout(PostgresException error) => error.SqlState == PostgresErrorCodes.LockNotAvailable;

    /// <summary>Whether the transaction had failed before, so that nothing was done in it now.</summary>
    internal static bool IsFailedTransaction(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.InFailedSqlTransaction };

    /// <summary>Whether the connection, and with it its transaction, is gone. Npgsql then calls the transaction disposed, and says by what.</summary>
    internal static bool IsBrokenConnection(Exception error) => error switch
    {
        PostgresException refused => refused.InvariantSeverity is "FATAL" or "PANIC",
        NpgsqlException or ObjectDisposedException { InnerException: not null } => true,
        _ => false,
    };

    /// <summary>
    /// A failure of one of our statements in the caller's transaction, told so that its reader knows what to do next. Null for what is none: the caller's own
    /// cancellation, a wrong call.
    /// </summary>
    /// <param name="failure">As the driver reported it.</param>
    /// <param name="key">That the statement was about.</param>
    /// <param name="isUndone">Whether the statement's failure was undone, so that the transaction can go on without it.</param>
    internal static PgLockException? ToTransactionFailure(Exception failure, PositionKey key, bool isUndone)
    {
        if (failure is NpgsqlException { InnerException: TimeoutException })
            return InTransaction($"The server did not answer in time. Begin a new transaction, and try again{(isUndone ? "" : "; raise the connection's Command Timeout if it stays")}.", isTransient: true);
        // The driver closes a connection on an internal error, and then says only that it is closed.
        if (failure.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.InternalError } noSuchSequence)
            return InTransaction($"PostgreSQL answered {noSuchSequence.SqlState}: {noSuchSequence.MessageText}, and the driver closed the connection. Begin the transaction on the database that holds the locks.", isTransient: false);
        if (IsBrokenConnection(failure))
            return InTransaction($"The connection of the transaction broke: {Innermost(failure)} What was done in the transaction is undone; begin a new one.", isTransient: true);
        if (failure is not PostgresException refused)
            return null;
        string next = isUndone ? "The transaction itself goes on, without the key." : "Roll the transaction back.";
        return refused.SqlState switch
        {
            PostgresErrorCodes.ReadOnlySqlTransaction => InTransaction(
                $"A lock and its fence are written to the server, and the transaction is read-only ({refused.MessageText}). If it began on a standby, it stays so even when that is promoted: begin a new one on the primary "
                + $"(Target Session Attributes=primary). If it was begun READ ONLY, or default_transaction_read_only is on, begin it READ WRITE. {next}", isTransient: true),
            PostgresErrorCodes.InFailedSqlTransaction => InTransaction(
                "The transaction has failed already, at an earlier statement. Roll it back, and begin a new one.", isTransient: true),
            PostgresErrorCodes.DeadlockDetected => InTransaction(
                $"PostgreSQL ended a deadlock by refusing this wait: {refused.MessageText}. Roll the transaction back, so that the others can go on, and begin a new one; take several keys in one order everywhere, by slot and then by key.", isTransient: true),
            PostgresErrorCodes.QueryCanceled => InTransaction(
                $"The statement was cancelled, not by the caller's token: {refused.MessageText}. {next} Try again; raise the connection's statement_timeout if it is that.", isTransient: true),
            PostgresErrorCodes.LockNotAvailable => InTransaction(
                $"Another transaction held a row for longer than the connection's lock_timeout: {refused.MessageText}. {next} Try again; raise lock_timeout if it stays.", isTransient: true),
            PostgresErrorCodes.InsufficientPrivilege => InTransaction(
                $"The user of the transaction's connection lacks a right: {refused.MessageText}. {next} Grant it the role pglocks_app.", isTransient: false),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedObject => InTransaction(
                $"The transaction's database does not have what the lock needs: {refused.MessageText}. {next} Begin it on the database that holds the locks, and run 'pglocks doctor' there.", isTransient: false),
            _ => InTransaction($"PostgreSQL answered {refused.SqlState}: {refused.MessageText}. {next} {(refused.IsTransient ? "Try again; run" : "Run")} 'pglocks doctor' if it stays.", refused.IsTransient),
        };

        PgLockException InTransaction(string message, bool isTransient) => new($"'{key}' in the caller's transaction: {message}", key, isTransient, failure);
    }

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
                PostgresErrorCodes.IdleSessionTimeout => Transient(
                    $"PostgreSQL at {server} ended a session before it was complete: {refused.MessageText}. This process had no processor for longer than ServerLeaseDuration. Try again; raise ServerLeaseDuration if it stays.", error),
                _ when refused.IsTransient => Transient($"PostgreSQL at {server} answered {refused.SqlState}: {refused.MessageText}. Try again; run 'pglocks doctor' if it stays.", error),
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
