using PgLocks.Backends.Files;

namespace PgLocks.Backends;

/// <summary>256 lock files in one folder: a pool of slots among the processes of one host, without a server.</summary>
/// <remarks>
/// <para>Linux and macOS: <c>flock</c>, which is advisory; only those who lock in the same way are excluded. Windows: the file is opened without sharing.
/// In each case the system releases the lock when the holder's process ends, however it ends.</para>
/// <para>What it does not promise: anything between hosts (network file systems emulate such locks, or do not); an order among waiters, which poll;
/// progress while a holder is frozen. <see cref="LockLease.LostToken"/> is cancelled only by disposing the provider: the system never takes
/// such a lock away from a living process. Never delete the files while a process runs: two would then lock two files of one name.</para>
/// <para>Two keys of one slot exclude each other, also within one process and one flow: acquire both with <see cref="BackendLockProvider.AcquireAllAsync"/>.</para>
/// <para><see cref="LockLease.FencingToken"/> counts in the lock file itself. It survives processes; it is not forced to the disk, so the
/// crash of the machine may take the newest numbers back. <see cref="LockLease.FenceAsync"/> throws <see cref="NotSupportedException"/>.</para>
/// </remarks>
public sealed class FileLockProvider : BackendLockProvider
{
    private FileLockProvider(FileLockOptions options)
        : base("files", options, new FileSource(options.Folder, TimeProvider.System))
    {
    }

    /// <summary>Opens the folder, creating it if needed.</summary>
    /// <param name="options">Where, and how long to wait; read once.</param>
    /// <param name="cancellationToken">Not needed: nothing is waited for.</param>
    /// <exception cref="PgLocksConfigurationException">An option is bad, the folder cannot be written, or file locks are switched off for this process.</exception>
    public static ValueTask<FileLockProvider> StartAsync(FileLockOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        options.Check();
        FileSource.Check(options.Folder);
        return ValueTask.FromResult(new FileLockProvider(options));
    }
}
