using PgLocks.Backends.Coordinator;

namespace PgLocks.Backends;

/// <summary>Locks by key in the dictionaries of a <see cref="LockCoordinator"/> on the same host.</summary>
/// <remarks>
/// <para>Waiters of a key stand in one line, first come first served, across processes. A holder that dies is noticed by its socket, at once;
/// a holder that is frozen keeps its locks.</para>
/// <para>When the coordinator ends, <see cref="LockLease.LostToken"/> is cancelled at once, and the next acquire connects anew. Nobody makes a new
/// coordinator wait for work under old leases: between its start and the notice of the loss, two can be in a critical section.</para>
/// <para><see cref="LockLease.FencingToken"/> counts in the coordinator's memory, above a start number that it keeps in a file.
/// <see cref="LockLease.FenceAsync"/> throws <see cref="NotSupportedException"/>.</para>
/// </remarks>
public sealed class CoordinatorLockProvider : BackendLockProvider
{
    private CoordinatorLockProvider(CoordinatorLockOptions options, CoordinatorSource source)
        : base(options.Flow == CoordinatorFlow.OneDictionary ? "one-dictionary" : "sharded-dictionaries", options, source)
    {
    }

    /// <summary>Connects.</summary>
    /// <param name="options">Where, and how; read once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="PgLocksConfigurationException">An option is bad.</exception>
    /// <exception cref="PgLockException">No coordinator listens there.</exception>
    public static async ValueTask<CoordinatorLockProvider> StartAsync(CoordinatorLockOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        LockCoordinatorOptions.CheckPath(options.SocketPath);
        var source = new CoordinatorSource(options.SocketPath, options.Flow);
        await source.ConnectAsync(cancellationToken).ConfigureAwait(false);
        return new CoordinatorLockProvider(options, source);
    }
}
