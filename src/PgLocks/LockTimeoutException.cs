using System.Globalization;
using PgLocks.Migrations;

namespace PgLocks;

/// <summary>A key was not granted in time.</summary>
public sealed class LockTimeoutException : TimeoutException
{
    internal LockTimeoutException(PositionKey key, int slot, TimeSpan waited, LockHolder? holder, Exception? cause)
        : base(SingleLine.Of(Describe(key, slot, waited, holder, cause)), cause)
    {
        Key = key;
        Slot = slot;
        Waited = waited;
        Holder = holder;
    }

    /// <summary>The key that was waited for.</summary>
    public PositionKey Key { get; }

    /// <summary>Its slot.</summary>
    public int Slot { get; }

    /// <summary>How long the caller waited.</summary>
    public TimeSpan Waited { get; }

    /// <summary>Who held the lock, when known.</summary>
    public LockHolder? Holder { get; }

    private static string Describe(PositionKey key, int slot, TimeSpan waited, LockHolder? holder, Exception? cause)
    {
        string why = holder?.ToString() ?? (cause is null ? "its holder is not known" : $"the server could not be asked ({cause.Message.TrimEnd('.')})");
        return string.Create(CultureInfo.InvariantCulture,
            $"Lock '{key}' (slot {slot}) was not granted within {waited.TotalSeconds:0.###} s: {why}. Raise AcquireTimeout or run 'pglocks locks list'.");
    }
}
