using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using PgLocks.Hosting;
using PgLocks.Local;
using PgLocks.Migrations;

namespace PgLocks;

/// <summary>One instance of PgLocks: its sessions on the server, its slots and its keys. One a process and space is enough; thread-safe.</summary>
public sealed class PgLockProvider : ILockProvider, IAsyncDisposable
{
    private readonly LockInstance _instance;

    internal PgLockProvider(LockInstance instance) => _instance = instance;

    /// <summary>The id under which the instance stands in <c>pglocks.instances</c>.</summary>
    public Guid InstanceId => _instance.Id;

    /// <summary>The slots of the space, which the server has; a process never chooses it.</summary>
    public int PoolSize => _instance.Space.PoolSize;

    internal LockInstance Instance => _instance;

    /// <summary>Connects, checks server, schema and space, and starts the instance.</summary>
    /// <param name="connectionString">An Npgsql connection string to a primary server; every other option takes its default.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="PgLocksConfigurationException">Something does not fit: an option, a pooler, a standby, the schema, the space. The message says what to do.</exception>
    /// <exception cref="PgLockException">The server cannot be reached.</exception>
    public static ValueTask<PgLockProvider> StartAsync(string connectionString, CancellationToken cancellationToken = default) =>
        StartAsync(new PgLocksOptions { ConnectionString = connectionString }, cancellationToken);

    /// <summary>Connects, checks server, schema and space, and starts the instance.</summary>
    /// <param name="options">How it behaves; read once.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="PgLocksConfigurationException">Something does not fit: an option, a pooler, a standby, the schema, the space. The message says what to do.</exception>
    /// <exception cref="PgLockException">The server cannot be reached.</exception>
    public static ValueTask<PgLockProvider> StartAsync(PgLocksOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, meters: null, cancellationToken);

    /// <inheritdoc/>
    public PositionLock GetLock(string minerHotkey, string tradePairId) => new(_instance.Keys, _instance.Keys.FindLock(new PositionKey(minerHotkey, tradePairId)));

    /// <inheritdoc/>
    public ValueTask<LockLease> AcquireAsync(PositionKey key, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        _instance.Keys.TryGet(key) is { } gate ? gate.AcquireAsync(timeout, cancellationToken) : _instance.Keys.FindLock(key).AcquireAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LockLease?> TryAcquireAsync(PositionKey key, TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        _instance.Keys.TryGet(key) is { } gate ? gate.TryAcquireAsync(timeout, cancellationToken) : _instance.Keys.FindLock(key).TryAcquireAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<MultiLockLease> AcquireAllAsync(IReadOnlyCollection<PositionKey> keys, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        MultiAcquire.AcquireAllAsync(keys, _instance.Keys.FindLock, timeout is { } given ? Timeouts.Checked(given) : _instance.Keys.DefaultTimeout, _instance.Keys.Time, cancellationToken);

    /// <summary>
    /// Acquires a key on the caller's own connection, as a lock that ends with the transaction: lock and data live and die together, also
    /// behind a transaction pooler. Call it first in the transaction, before it reads and before any savepoint.
    /// </summary>
    /// <param name="transaction">An open transaction in READ COMMITTED, on the database of this provider.</param>
    /// <param name="key">The position.</param>
    /// <param name="timeout">How long to wait; <see langword="null"/> takes the provider's default. A timeout leaves the transaction usable.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lease. Disposing it lets other callers of this process queue for the key; the server's lock ends with the transaction.</returns>
    /// <exception cref="LockTimeoutException">The key was not granted in time.</exception>
    /// <exception cref="PgLocksConfigurationException">The transaction is not READ COMMITTED: its snapshot would be older than the lock.</exception>
    /// <exception cref="PgLockException">The server refused, or the transaction's connection broke: the message says why and what to do next. A refusal leaves the transaction usable, if it was before.</exception>
    public ValueTask<LockLease> AcquireInTransactionAsync(NpgsqlTransaction transaction, PositionKey key, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        TimeSpan wait = timeout is { } given ? Timeouts.Checked(given) : _instance.Keys.DefaultTimeout;
        return AcquireInTransactionAsync();

        async ValueTask<LockLease> AcquireInTransactionAsync()
        {
            long startedAt = _instance.Keys.Time.GetTimestamp();
            KeyGate gate = await _instance.Keys.FindClearedAsync(key, wait, cancellationToken).ConfigureAwait(false);
            TimeSpan left = Timeouts.Left(wait, _instance.Keys.Time.GetElapsedTime(startedAt));
            return await _instance.TransactionLock.AcquireAsync(transaction, gate, left, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Grants nothing more, and waits until the leases that are held have ended.</summary>
    /// <param name="cancellationToken">Ends the wait; leases that are held then are lost when the provider is disposed.</param>
    public Task DrainAsync(CancellationToken cancellationToken = default) => _instance.DrainAsync(cancellationToken);

    /// <summary>Grants nothing more, releases every idle slot, writes the last telemetry and closes the sessions. Leases still held are lost.</summary>
    public ValueTask DisposeAsync() => _instance.DisposeAsync();

    internal static async ValueTask<PgLockProvider> StartAsync(PgLocksOptions options, ILoggerFactory logs, TimeProvider time, IMeterFactory? meters, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionRules.Check(options);
        if (options.MigrateOnStart)
            await new SchemaMigrator(options.ConnectionString).MigrateUpAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return new PgLockProvider(await LockInstance.StartAsync(options, logs.CreateLogger(Product.Name), time, meters, cancellationToken).ConfigureAwait(false));
    }
}
