using Medallion.Threading;

namespace PgLocks.Backends.DistributedLock;

/// <summary>A lease that is released when it is disposed, or when nobody refers to it any more.</summary>
internal sealed class LeaseHandle(LockLease lease) : IDistributedSynchronizationHandle
{
    private bool _disposed;

    ~LeaseHandle()
    {
        // Not here: a release hands the key to the next, and the thread of all finalizers has other work.
        ThreadPool.UnsafeQueueUserWorkItem(static abandoned => abandoned.Dispose(), lease, preferLocal: false);
    }

    public CancellationToken HandleLostToken
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
            return lease.LostToken;
        }
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Volatile.Write(ref _disposed, true);
        lease.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Dispose();
        return ValueTask.CompletedTask;
    }
}
