using PgLocks.Backends;

namespace PgLocks.TestKit;

/// <summary>Starts any lock provider by its name, in the tests' own process and in theirs that they start.</summary>
public static class BackendProviders
{
    public static readonly TimeSpan LockDelay = TimeSpan.FromMilliseconds(500);

    public static readonly TimeSpan RedisExpiry = TimeSpan.FromSeconds(2);

    /// <param name="name">Which idea.</param>
    /// <param name="target">Where its locks live: a connection string, a folder, a socket.</param>
    public static async Task<ILockProvider> StartAsync(string name, string target) => name switch
    {
        "two-tiers" => await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = target, Retention = Retention.Off, HeartbeatInterval = TimeSpan.FromMilliseconds(100) }),
        "local-cache" => await LocalCacheLockProvider.StartAsync(new LocalCacheOptions { ConnectionString = target }),
        "hash-pool" => await HashPoolLockProvider.StartAsync(new PostgresBackendOptions { ConnectionString = target, LockDelay = LockDelay }),
        "medallion" => await MedallionLockProvider.StartAsync(new PostgresBackendOptions { ConnectionString = target, LockDelay = LockDelay }),
        "files" => await FileLockProvider.StartAsync(new FileLockOptions { Folder = target }),
        "sharded" => await CoordinatorLockProvider.StartAsync(new CoordinatorLockOptions { SocketPath = target }),
        "old-way" => await CoordinatorLockProvider.StartAsync(new CoordinatorLockOptions { SocketPath = target, Flow = CoordinatorFlow.OneDictionary }),
        "redis" => await RedisLockProvider.StartAsync(new RedisLockOptions { Configuration = target, Expiry = RedisExpiry }),
        "rollout" => await RolledOut.StartAsync(target.Split('|')[0], target.Split('|')[1]),
        _ => throw new ArgumentException($"'{name}' is no lock provider.", nameof(name)),
    };
}
