using Medallion.Threading;
using PgLocks.Backends.DistributedLock;

namespace PgLocks.Backends;

/// <summary>PgLocks for code that was written for DistributedLock.</summary>
public static class DistributedLockExtensions
{
    /// <summary>The provider as one of DistributedLock's: code that takes an <see cref="IDistributedLockProvider"/> changes the line that makes it.</summary>
    /// <param name="provider">Any lock provider; it stays the caller's to dispose.</param>
    /// <remarks>
    /// <para>Any string is a name. One that reads <c>hotkey:pair</c> is that very position, and excludes with users of <see cref="ILockProvider"/>.
    /// Any other is a position of the hotkey <c>~</c>, which is reserved for it: the name itself where the rules of keys allow it, else its SHA-256.
    /// Different names are different keys.</para>
    /// <para>As in DistributedLock: a timeout that is not given waits for ever, <c>Acquire</c> throws a <see cref="TimeoutException"/>, <c>TryAcquire</c> returns
    /// <see langword="null"/>, nothing is re-entrant, a handle that nobody refers to any more is released, and
    /// <see cref="IDistributedSynchronizationHandle.HandleLostToken"/> is <see cref="LockLease.LostToken"/>. Unlike there, disposing does not wait for
    /// the server; what this process acquires next comes after it all the same.</para>
    /// </remarks>
    public static IDistributedLockProvider AsDistributedLockProvider(this ILockProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new NamedLockProvider(provider);
    }
}
