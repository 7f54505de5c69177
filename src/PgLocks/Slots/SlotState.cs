namespace PgLocks.Slots;

/// <summary>Where a slot stands in its instance; who may change it is said in <see cref="Slot"/>.</summary>
internal enum SlotState
{
    /// <summary>Not owned, not wanted.</summary>
    None,

    /// <summary>Wanted: the backend tries or waits, or a lock delay runs.</summary>
    Gaining,

    /// <summary>Owned: leases come and go.</summary>
    Owned,

    /// <summary>Admits nobody: its last leases end, then it is released.</summary>
    Yielding,

    /// <summary>Its session died; nothing is kept, the next caller gains it anew.</summary>
    Lost,
}
