using Npgsql;

namespace PgLocks;

/// <summary>Leases on several positions, acquired in one consistent order and released together.</summary>
public sealed class MultiLockLease : IAsyncDisposable, IDisposable
{
    private readonly LockLease[] _leases;
    private CancellationTokenSource? _anyLost;

    internal MultiLockLease(LockLease[] leases) => _leases = leases;

    /// <summary>The leases in the order in which they were acquired: by slot, then by key.</summary>
    public IReadOnlyList<LockLease> Leases => _leases;

    /// <summary>Cancelled when any of the holds can no longer be proven.</summary>
    public CancellationToken LostToken => _leases.Length switch
    {
        0 => CancellationToken.None,
        1 => _leases[0].LostToken,
        _ => (_anyLost ??= CancellationTokenSource.CreateLinkedTokenSource([.. _leases.Select(lease => lease.LostToken)])).Token,
    };

    /// <summary>The lease of one of the keys.</summary>
    /// <exception cref="KeyNotFoundException">The key is not among them.</exception>
    public LockLease this[PositionKey key]
    {
        get
        {
            foreach (LockLease lease in _leases)
            {
                if (lease.Key == key)
                    return lease;
            }
            throw new KeyNotFoundException($"'{key}' is not among the {_leases.Length} keys of this lease.");
        }
    }

    /// <summary>Fences the transaction with every lease; see <see cref="LockLease.FenceAsync"/>.</summary>
    /// <param name="transaction">An open transaction in READ COMMITTED, on the database that holds the locks.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <exception cref="LeaseLostException">One of the leases no longer stands.</exception>
    public async ValueTask FenceAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken = default)
    {
        foreach (LockLease lease in _leases)
            await lease.FenceAsync(transaction, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Releases every key, the last acquired first.</summary>
    public void Dispose()
    {
        for (int i = _leases.Length - 1; i >= 0; i--)
            _leases[i].Dispose();
        _anyLost?.Dispose();
    }

    /// <summary>Releases every key; never waits for the server.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
