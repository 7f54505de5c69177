namespace PgLocks;

/// <summary>One unbroken stretch in which an instance owns a slot: from a gain to the release or the loss that ends it.</summary>
/// <param name="epoch">The slot's sequence number drawn at the gain.</param>
internal abstract class Tenure(long epoch)
{
    /// <summary>Bits of a fencing token below the epoch: the count of grants within it.</summary>
    internal const int CounterBits = 20;

    internal long Epoch { get; } = epoch;

    /// <summary>True once the instance can no longer prove that it owns the slot.</summary>
    internal abstract bool IsLost { get; }

    /// <summary>Counts a lease out.</summary>
    internal abstract void Exit();

    /// <summary>Cancelled when the instance can no longer prove that it owns the slot.</summary>
    internal abstract CancellationToken LostToken { get; }
}
