using Npgsql;

namespace PgLocks;

/// <summary>The right to work on one position, from the grant until it is disposed or lost.</summary>
/// <remarks>
/// Disposing twice, or disposing a copy, releases once. Releasing never waits for the server, so <see cref="Dispose"/> and
/// <see cref="DisposeAsync"/> do the same. The default value is a lease on nothing.
/// </remarks>
public readonly struct LockLease : IAsyncDisposable, IDisposable, IEquatable<LockLease>
{
    private readonly KeyLock? _lock;
    private readonly Tenure? _tenure;

    internal LockLease(KeyLock keyLock, Tenure tenure, long fencingToken)
    {
        _lock = keyLock;
        _tenure = tenure;
        FencingToken = fencingToken;
    }

    /// <summary>The position.</summary>
    public PositionKey Key => _lock?.Key ?? default;

    internal KeyLock? Lock => _lock;

    /// <summary>The slot of the pool that the key maps to.</summary>
    public int Slot => _lock?.Slot ?? -1;

    /// <summary>A number that strictly increases with every lease of the key, across processes and restarts.</summary>
    /// <remarks>Store it with what you write elsewhere, and refuse there what bears a smaller one. For work in PostgreSQL use <see cref="FenceAsync"/>.</remarks>
    public long FencingToken { get; }

    /// <summary>Cancelled when the hold can no longer be proven, for example because the server was not heard of for <see cref="PgLocksOptions.LeaseDuration"/>.</summary>
    public CancellationToken LostToken => _tenure?.LostToken ?? CancellationToken.None;

    /// <summary>
    /// Makes the caller's transaction fail, now or at its commit, unless this lease still stands: once another process has gained the
    /// slot and fenced, no transaction fenced by an older lease can commit after it. Call it first in the transaction, before it reads.
    /// </summary>
    /// <param name="transaction">An open transaction in READ COMMITTED, on the database that holds the locks.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <exception cref="LeaseLostException">Another process gained the slot since, or the lease is known to be lost or released.</exception>
    /// <exception cref="PgLocksConfigurationException">The transaction is not READ COMMITTED.</exception>
    /// <exception cref="PgLockException">The server refused the fence, or the transaction's connection broke: the message says why and what to do next.</exception>
    public ValueTask FenceAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (_lock is null || _tenure is null)
            throw new InvalidOperationException("This is the default LockLease: it holds nothing. Acquire one first.");
        return _lock.FenceAsync(_tenure, FencingToken, transaction, cancellationToken);
    }

    /// <summary>Releases the key.</summary>
    public void Dispose()
    {
        if (_lock is not null)
            _lock.Release(_tenure!, FencingToken);
    }

    /// <summary>Releases the key; never waits for the server.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>True for copies of one lease.</summary>
    public bool Equals(LockLease other) => ReferenceEquals(_lock, other._lock) && FencingToken == other.FencingToken;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LockLease other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => FencingToken.GetHashCode();

    /// <summary>True for copies of one lease.</summary>
    public static bool operator ==(LockLease left, LockLease right) => left.Equals(right);

    /// <summary>True for different leases.</summary>
    public static bool operator !=(LockLease left, LockLease right) => !left.Equals(right);
}
