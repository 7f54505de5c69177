using PgLocks.Backends;

namespace PgLocks.TestKit;

/// <summary>A rollout from lock files to PgLocks, with both sides in one hand.</summary>
internal sealed class RolledOut(FileLockProvider oldSide, PgLockProvider newSide, RolloutLockProvider rollout) : ILockProvider, IAsyncDisposable
{
    public static async Task<RolledOut> StartAsync(string folder, string connectionString)
    {
        var oldSide = await FileLockProvider.StartAsync(new FileLockOptions { Folder = folder });
        var newSide = await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = connectionString, HeartbeatInterval = RolloutWitness.Heartbeat });
        var options = new RolloutOptions { ConnectionString = connectionString, HeartbeatInterval = RolloutWitness.Heartbeat };
        return new RolledOut(oldSide, newSide, await RolloutLockProvider.StartAsync(oldSide, newSide, options));
    }

    public PositionLock GetLock(string minerHotkey, string tradePairId) => rollout.GetLock(minerHotkey, tradePairId);

    public ValueTask<LockLease> AcquireAsync(PositionKey key, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        rollout.AcquireAsync(key, timeout, cancellationToken);

    public ValueTask<LockLease?> TryAcquireAsync(PositionKey key, TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        rollout.TryAcquireAsync(key, timeout, cancellationToken);

    public ValueTask<MultiLockLease> AcquireAllAsync(IReadOnlyCollection<PositionKey> keys, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        rollout.AcquireAllAsync(keys, timeout, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await rollout.DisposeAsync();
        await newSide.DisposeAsync();
        await oldSide.DisposeAsync();
    }
}
