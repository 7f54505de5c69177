namespace PgLocks;

/// <summary>Keys were acquired one inside the other against the common order, by slot and then by key, which can end in a deadlock.</summary>
public sealed class LockOrderException : PgLockException
{
    internal LockOrderException(PositionKey held, int heldSlot, PositionKey wanted, int wantedSlot)
        : base($"'{wanted}' (slot {wantedSlot}) was asked for while '{held}' (slot {heldSlot}) is held, against the order by slot. Acquire both with AcquireAllAsync.", wanted)
    {
        HeldKey = held;
        HeldSlot = heldSlot;
        WantedSlot = wantedSlot;
    }

    /// <summary>The key that is held already.</summary>
    public PositionKey HeldKey { get; }

    /// <summary>Its slot.</summary>
    public int HeldSlot { get; }

    /// <summary>The key that was asked for.</summary>
    public PositionKey WantedKey => Key!.Value;

    /// <summary>Its slot.</summary>
    public int WantedSlot { get; }
}
