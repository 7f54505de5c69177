using PgLocks.Backends.Postgres;
using PgLocks.Postgres;

namespace PgLocks.Backends;

/// <summary>DistributedLock.Postgres on the same <c>(class_id, slot)</c> pairs as native instances, so that both exclude each other.</summary>
/// <remarks>
/// <para>No local tier and nothing kept: each acquire locks on a session of DistributedLock's and draws a number, two round trips; so does each release.
/// A native owner that keeps the slot hears of a waiter here at its next heartbeat. Waiters stand in PostgreSQL's own line, first come first served.</para>
/// <para>A holder that dies is noticed by the server at once, and by its parity: the next holder waits <see cref="PostgresBackendOptions.LockDelay"/>.
/// <see cref="LockLease.LostToken"/> is DistributedLock's: it is cancelled when the lock's connection is seen to be broken, which a silent
/// network can put off. Unlike a native instance, nothing here compares a deadline: a process that was frozen goes on as if nothing were.</para>
/// <para>Two keys of one slot exclude each other, also within one flow: acquire both with <see cref="BackendLockProvider.AcquireAllAsync"/>.</para>
/// <para><see cref="LockLease.FencingToken"/> and <see cref="LockLease.FenceAsync"/> are the native ones, from the slot's sequence.
/// Code that uses DistributedLock on the pair without this provider excludes as well, but its death is not seen by others.</para>
/// </remarks>
public sealed class MedallionLockProvider : BackendLockProvider
{
    private MedallionLockProvider(PostgresBackendOptions options, Space space)
        : base("medallion", options, new MedallionSource(options, space, TimeProvider.System), space.PoolSize)
    {
    }

    /// <summary>Connects and checks server, schema and space.</summary>
    /// <param name="options">How it behaves; read once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="PgLocksConfigurationException">Something does not fit: an option, a pooler, a standby, the schema, the space.</exception>
    /// <exception cref="PgLockException">The server cannot be reached.</exception>
    public static async ValueTask<MedallionLockProvider> StartAsync(PostgresBackendOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return new(options, await SpaceOf.FindAsync(options.ConnectionString, options.Space, cancellationToken).ConfigureAwait(false));
    }
}
