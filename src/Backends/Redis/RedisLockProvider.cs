using PgLocks.Backends.Redis;
using StackExchange.Redis;

namespace PgLocks.Backends;

/// <summary>DistributedLock.Redis: one Redis key a position, with an expiry that its holder keeps extending.</summary>
/// <remarks>
/// <para>Waiters poll; there is no order among them. A holder that dies keeps its lock until <see cref="RedisLockOptions.Expiry"/> has passed;
/// a holder that is frozen for longer loses it, and goes on unaware when it wakes until DistributedLock notices.</para>
/// <para><see cref="LockLease.LostToken"/> is cancelled when an extension fails. What it cannot promise is exclusion beyond the life of one server:
/// a replica that takes over, or a server that restarts without its data, grants held locks again.</para>
/// <para><see cref="LockLease.FencingToken"/> is a counter in the same Redis, and as durable as it is: without persistence a restart
/// begins anew. <see cref="LockLease.FenceAsync"/> throws <see cref="NotSupportedException"/>.</para>
/// </remarks>
public sealed class RedisLockProvider : BackendLockProvider
{
    private RedisLockProvider(RedisLockOptions options, RedisSource source)
        : base("redis", options, source)
    {
    }

    /// <summary>Connects.</summary>
    /// <param name="options">Where, and how; read once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="PgLocksConfigurationException">An option is bad.</exception>
    /// <exception cref="PgLockException">The server cannot be reached.</exception>
    public static async ValueTask<RedisLockProvider> StartAsync(RedisLockOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        try
        {
            ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(options.Configuration).WaitAsync(cancellationToken).ConfigureAwait(false);
            return new RedisLockProvider(options, new RedisSource(connection, options));
        }
        catch (RedisConnectionException failure)
        {
            throw new PgLockException("The Redis server cannot be reached. Start it, or correct Configuration.", isTransient: true, cause: failure);
        }
        catch (ArgumentException bad)
        {
            // The text itself may hold a password.
            throw new PgLocksConfigurationException("Configuration is not one that StackExchange.Redis understands. Give one like 'localhost:6379'.", bad);
        }
    }
}
