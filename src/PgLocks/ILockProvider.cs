namespace PgLocks;

/// <summary>One lock per position, whatever stands behind it.</summary>
public interface ILockProvider
{
    /// <summary>The lock of one position, resolved once and cached; no I/O. Keep it where the same position is locked again and again.</summary>
    /// <param name="minerHotkey">1 to 256 bytes of UTF-8, no control character, no <c>:</c>.</param>
    /// <param name="tradePairId">1 to 256 bytes of UTF-8, no control character.</param>
    /// <exception cref="ArgumentException">A part breaks a rule; the message names the part and the rule.</exception>
    PositionLock GetLock(string minerHotkey, string tradePairId);

    /// <summary>Acquires a key, waiting in line for it.</summary>
    /// <param name="key">The position.</param>
    /// <param name="timeout">How long to wait: zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever; <see langword="null"/> takes the provider's default.</param>
    /// <param name="cancellationToken">Ends the wait, never a lease.</param>
    /// <returns>The lease; disposing it releases the key.</returns>
    /// <exception cref="LockTimeoutException">The key was not granted within <paramref name="timeout"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative (other than infinite) or above <see cref="int.MaxValue"/> ms.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    /// <exception cref="PgLockException">The provider cannot go on; <see cref="PgLockException.IsTransient"/> says whether to try again.</exception>
    ValueTask<LockLease> AcquireAsync(PositionKey key, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <summary>Acquires a key if it is granted within <paramref name="timeout"/>, else returns <see langword="null"/>.</summary>
    /// <param name="key">The position.</param>
    /// <param name="timeout">How long to wait; zero, the default, tries once.</param>
    /// <param name="cancellationToken">Ends the wait, never a lease.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative (other than infinite) or above <see cref="int.MaxValue"/> ms.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    ValueTask<LockLease?> TryAcquireAsync(PositionKey key, TimeSpan timeout = default, CancellationToken cancellationToken = default);

    /// <summary>Acquires several keys in one consistent order, under one deadline; on failure none is left held.</summary>
    /// <param name="keys">The positions; doubles count once.</param>
    /// <param name="timeout">How long to wait for all of them together; <see langword="null"/> takes the provider's default.</param>
    /// <param name="cancellationToken">Ends the wait, never a lease.</param>
    /// <exception cref="LockTimeoutException">A key was not granted in time; it is named.</exception>
    ValueTask<MultiLockLease> AcquireAllAsync(IReadOnlyCollection<PositionKey> keys, TimeSpan? timeout = null, CancellationToken cancellationToken = default);
}
