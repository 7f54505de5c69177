using Medallion.Threading.Redis;
using Npgsql;
using PgLocks.Backends.Holds;
using PgLocks.Local;
using StackExchange.Redis;

namespace PgLocks.Backends.Redis;

/// <summary>Holds that DistributedLock.Redis keeps alive.</summary>
internal sealed class RedisSource(ConnectionMultiplexer connection, RedisLockOptions options) : IHoldSource
{
    private readonly IDatabase _database = connection.GetDatabase();
    private readonly TimeSpan _expiry = options.Expiry;
    private readonly string _prefix = options.Prefix;

    public bool IsPool => false;

    public async ValueTask<Hold?> AcquireAsync(LockName name, bool once, CancellationToken cancellationToken)
    {
        var redisLock = new RedisDistributedLock(_prefix + name.Key, _database, tuning => tuning.Expiry(_expiry));
        RedisDistributedLockHandle? handle = await redisLock.TryAcquireAsync(once ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        if (handle is null)
            return null;
        try
        {
            // One counter for all keys: it grows for each of them, and leaves nothing behind for keys that are never seen again.
            return new RedisHold(handle, await _database.StringIncrementAsync(_prefix + "token").ConfigureAwait(false));
        }
        catch
        {
            await handle.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask FenceAsync(KeyGate gate, HoldTenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        Unfenced.Refuse("Redis", "the database knows nothing of it");

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private sealed class RedisHold(RedisDistributedLockHandle handle, long token) : Hold(token)
    {
        protected override CancellationToken Watched() => handle.HandleLostToken;

        protected override ValueTask ReleaseCoreAsync() => handle.DisposeAsync();
    }
}
