namespace PgLocks;

/// <summary>A lease no longer stands: what was done under it since must not be committed.</summary>
public sealed class LeaseLostException : PgLockException
{
    internal LeaseLostException(PositionKey key, string reason, Exception? cause = null)
        : base($"The lease on '{key}' is lost: {reason}. Roll back, acquire the key again, and read afresh.", key, isTransient: true, cause) =>
        Reason = reason;

    /// <summary>Why it no longer stands.</summary>
    public string Reason { get; }
}
