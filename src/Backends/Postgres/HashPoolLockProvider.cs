using PgLocks.Backends.Postgres;
using PgLocks.Postgres;

namespace PgLocks.Backends;

/// <summary>The hash pool alone: 256 slots on PostgreSQL with no local tier. Each acquire goes to the server, and so does each release.</summary>
/// <remarks>
/// <para>Slots are the <c>(class_id, slot)</c> pairs of native instances, so both exclude each other. Threads of one process meet at the server
/// like strangers, each on a session of its own, first come first served. A native owner that keeps the slot hears of a waiter at its next heartbeat.</para>
/// <para>A holder that dies is noticed by the server at once, a frozen one after 5 s; the next holder then waits
/// <see cref="PostgresBackendOptions.LockDelay"/>. <see cref="LockLease.LostToken"/> is cancelled when the session is seen to be broken, within
/// seconds; unlike a native instance, nothing compares a deadline, so a process that was frozen goes on unaware until then.</para>
/// <para>Two keys of one slot exclude each other, also within one flow: acquire both with <see cref="BackendLockProvider.AcquireAllAsync"/>.</para>
/// <para><see cref="LockLease.FencingToken"/> and <see cref="LockLease.FenceAsync"/> are the native ones, from the slot's sequence.</para>
/// </remarks>
public sealed class HashPoolLockProvider : BackendLockProvider
{
    private HashPoolLockProvider(PostgresBackendOptions options, Space space)
        : base("hash-pool", options, new HashPoolSource(options, space, TimeProvider.System), space.PoolSize)
    {
    }

    /// <summary>Connects and checks server, schema and space.</summary>
    /// <param name="options">How it behaves; read once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="PgLocksConfigurationException">Something does not fit: an option, a pooler, a standby, the schema, the space.</exception>
    /// <exception cref="PgLockException">The server cannot be reached.</exception>
    public static async ValueTask<HashPoolLockProvider> StartAsync(PostgresBackendOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return new(options, await SpaceOf.FindAsync(options.ConnectionString, options.Space, cancellationToken).ConfigureAwait(false));
    }
}
