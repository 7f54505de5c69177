using PgLocks.Backends.Postgres;
using PgLocks.Postgres;

namespace PgLocks.Backends;

/// <summary>A local cache of lock objects: each key has an advisory lock of its own on PostgreSQL, and no pool bounds their number.</summary>
/// <remarks>
/// <para>Callers of one process stand in a local line per key, processes in the server's, first come first served. A lock object is made at a key's first
/// use and stays, so the memory grows with the keys ever seen. The server's lock is 64 bits of the key's SHA-256: different keys practically never meet.</para>
/// <para>A holder that dies is noticed by the server at once, a frozen one after 5 s, and nobody waits for work that it may still be doing:
/// there is no lock delay. <see cref="LockLease.LostToken"/> is cancelled when the session is seen to be broken, within seconds.</para>
/// <para><see cref="LockLease.FencingToken"/> is drawn from a sequence of the space by the key's slot. <see cref="LockLease.FenceAsync"/> throws
/// <see cref="NotSupportedException"/>: fences stand for slots, of which many holders of different keys would share one.</para>
/// <para>It does not exclude with native instances, whose locks are slots.</para>
/// </remarks>
public sealed class LocalCacheLockProvider : BackendLockProvider
{
    private LocalCacheLockProvider(LocalCacheOptions options, Space space)
        : base("local-cache", options, new LocalCacheSource(options, space, TimeProvider.System), space.PoolSize, caches: true)
    {
    }

    /// <summary>Connects and checks server, schema and space.</summary>
    /// <param name="options">How it behaves; read once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="PgLocksConfigurationException">Something does not fit: an option, a pooler, a standby, the schema, the space.</exception>
    /// <exception cref="PgLockException">The server cannot be reached.</exception>
    public static async ValueTask<LocalCacheLockProvider> StartAsync(LocalCacheOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return new(options, await SpaceOf.FindAsync(options.ConnectionString, options.Space, cancellationToken).ConfigureAwait(false));
    }
}
