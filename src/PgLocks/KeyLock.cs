using Npgsql;

namespace PgLocks;

/// <summary>What <see cref="PositionLock"/> and <see cref="LockLease"/> need of the thing that really locks a key.</summary>
internal abstract class KeyLock(PositionKey key)
{
    internal PositionKey Key { get; } = key;

    internal abstract int Slot { get; }

    /// <summary>The key's row in the registry; zero until it is known.</summary>
    internal long RegistryId { get; set; }

    /// <summary>Whether other live instances use other keys of the slot and not this one, as far as the registry knew when this key last waited for another process.</summary>
    internal bool OthersUseOnlyOtherKeys { get; set; }

    /// <summary>True once the entry has left its table: it will never grant again.</summary>
    internal abstract bool IsEvicted { get; }

    internal abstract ValueTask<LockLease> AcquireAsync(TimeSpan? timeout, CancellationToken cancellationToken);

    internal abstract ValueTask<LockLease?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Tells that the caller is about to acquire the key. Only a hint.</summary>
    internal virtual void Anticipate()
    {
    }

    /// <summary>Releases the lease with this token; does nothing when it was released before.</summary>
    internal abstract void Release(Tenure tenure, long fencingToken);

    internal abstract ValueTask FenceAsync(Tenure tenure, long fencingToken, NpgsqlTransaction transaction, CancellationToken cancellationToken);
}

/// <summary>The table that a <see cref="PositionLock"/> asks again after its entry was evicted.</summary>
internal interface IKeyLocks
{
    KeyLock Find(PositionKey key);
}
