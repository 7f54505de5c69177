using PgLocks.Migrations;

namespace PgLocks;

/// <summary>A lock could not be had, or kept, for another reason than time.</summary>
public class PgLockException : Exception
{
    internal PgLockException(string message, PositionKey? key = null, bool isTransient = false, Exception? cause = null)
        : base(SingleLine.Of(message), cause)
    {
        Key = key;
        IsTransient = isTransient;
    }

    /// <summary>The key concerned, if it was one.</summary>
    public PositionKey? Key { get; }

    /// <summary>True when trying again later can succeed without a change of configuration.</summary>
    public bool IsTransient { get; }
}
