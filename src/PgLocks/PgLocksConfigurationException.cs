namespace PgLocks;

/// <summary>PgLocks cannot work safely as configured: a bad option, a pooler, a standby, a schema or a pool that does not fit.</summary>
public sealed class PgLocksConfigurationException : PgLockException
{
    internal PgLocksConfigurationException(string message, Exception? cause = null)
        : base(message, cause: cause)
    {
    }
}
