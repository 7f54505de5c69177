using PgLocks.Backends;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>An idea behind <see cref="ILockProvider"/>: looking up and creating a lock are inside the process.</summary>
internal sealed class ProviderIdea(ILockProvider provider) : Idea
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Dictionary<PositionKey, PositionLock> _locks = [];

    internal static new async Task<Idea> StartAsync(string name, IdeaTargets targets) => new ProviderIdea(name switch
    {
        IdeaName.LocalCache => await LocalCacheLockProvider.StartAsync(new LocalCacheOptions { ConnectionString = targets.Postgres }),
        IdeaName.HashPool => await HashPoolLockProvider.StartAsync(new PostgresBackendOptions { ConnectionString = targets.Postgres }),
        IdeaName.TwoTiers => await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = targets.Postgres, Retention = Retention.Off }),
        IdeaName.Redis => await RedisLockProvider.StartAsync(new RedisLockOptions { Configuration = targets.Redis! }),
        IdeaName.Files => await FileLockProvider.StartAsync(new FileLockOptions { Folder = targets.Folder }),
        IdeaName.Sharded => await CoordinatorLockProvider.StartAsync(new CoordinatorLockOptions { SocketPath = targets.Socket }),
        IdeaName.Medallion => await MedallionLockProvider.StartAsync(new PostgresBackendOptions { ConnectionString = targets.Postgres }),
        IdeaName.Adaptive => await PgLockProvider.StartAsync(targets.Postgres),
        _ => throw new ArgumentException($"'{name}' is no idea."),
    });

    internal override ValueTask<object?> LookUpAsync(PositionKey key) => new(_locks.GetValueOrDefault(key));

    internal override ValueTask<object> CreateAsync(PositionKey key) => new(_locks[key] = provider.GetLock(key.MinerHotkey, key.TradePairId));

    internal override async ValueTask<object> AcquireAsync(object found) => await ((PositionLock)found).AcquireAsync(Longest);

    internal override async ValueTask ReleaseAsync(object hold)
    {
        ((LockLease)hold).Dispose();
        if (provider is BackendLockProvider backend)
            await backend.ReleasedAsync();
    }

    public override ValueTask DisposeAsync() => ((IAsyncDisposable)provider).DisposeAsync();
}
