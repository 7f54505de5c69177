using Medallion.Threading;

namespace PgLocks.Backends.DistributedLock;

/// <summary>A position's lock as DistributedLock knows locks.</summary>
internal sealed class NamedLock(string name, PositionLock position) : IDistributedLock
{
    public string Name => name;

    public IDistributedSynchronizationHandle Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => Await(AcquireAsync(timeout, cancellationToken));

    public IDistributedSynchronizationHandle? TryAcquire(TimeSpan timeout = default, CancellationToken cancellationToken = default) => Await(TryAcquireAsync(timeout, cancellationToken));

    public async ValueTask<IDistributedSynchronizationHandle> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        new LeaseHandle(await position.AcquireAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false));

    public async ValueTask<IDistributedSynchronizationHandle?> TryAcquireAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        await position.TryAcquireAsync(timeout, cancellationToken).ConfigureAwait(false) is { } lease ? new LeaseHandle(lease) : null;

    /// <summary>Never waits on a context of the caller: every continuation below runs on the thread pool.</summary>
    private static T Await<T>(ValueTask<T> handle) => handle.IsCompletedSuccessfully ? handle.Result : handle.AsTask().GetAwaiter().GetResult();
}
