namespace PgLocks.Migrations;

/// <summary>A migration could not be done. The message says what to do next; whole steps only have been applied.</summary>
public sealed class MigrationException(MigrationFailure failure, string message, Exception? innerException = null)
    : Exception(SingleLine.Of(message), innerException)
{
    /// <summary>What went wrong.</summary>
    public MigrationFailure Failure { get; } = failure;
}

/// <summary>Why a migration could not be done.</summary>
public enum MigrationFailure
{
    /// <summary>No server, wrong password, no such database, or a connection string that cannot be read.</summary>
    CannotConnect,

    /// <summary>The role may not do what a step needs.</summary>
    PermissionDenied,

    /// <summary>The session is not one session of a primary server: a transaction pooler or a standby.</summary>
    UnsuitableServer,

    /// <summary>Another runner had the migration lock all the time.</summary>
    LockNotObtained,

    /// <summary>The session of the migration lock ended on the way; the step under way was rolled back.</summary>
    LockLost,

    /// <summary>The asked version does not exist.</summary>
    UnknownVersion,

    /// <summary>The database has versions that this assembly does not know.</summary>
    SchemaNewer,

    /// <summary>Instances are live: their schema is not taken away from under them.</summary>
    InUse,

    /// <summary>A step failed and was rolled back.</summary>
    StepFailed,
}
