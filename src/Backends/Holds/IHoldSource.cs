using Npgsql;
using PgLocks.Local;

namespace PgLocks.Backends.Holds;

/// <summary>The port to whatever really locks between processes.</summary>
internal interface IHoldSource : IAsyncDisposable
{
    /// <summary>Whether locks are the slots of a pool; else each key has a lock of its own.</summary>
    bool IsPool { get; }

    /// <summary>Waits until the lock is granted or the wait is cancelled; one that is asked only once returns <see langword="null"/> if another has it.</summary>
    ValueTask<Hold?> AcquireAsync(LockName name, bool once, CancellationToken cancellationToken);

    /// <summary>See <see cref="LockLease.FenceAsync"/>.</summary>
    /// <exception cref="NotSupportedException">The backend has no epoch that a transaction could be tied to.</exception>
    ValueTask FenceAsync(KeyGate gate, HoldTenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken);
}

/// <summary>What is locked.</summary>
/// <param name="Key">The key's text; <see langword="null"/> where only the slot counts.</param>
/// <param name="Slot">The key's slot.</param>
internal readonly record struct LockName(string? Key, int Slot);
