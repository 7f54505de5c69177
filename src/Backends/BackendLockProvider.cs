using Npgsql;
using PgLocks.Backends.Holds;
using PgLocks.Keys;
using PgLocks.Local;

namespace PgLocks.Backends;

/// <summary>A lock provider over one of the ideas that PgLocks competes with. Thread-safe; one a process is enough.</summary>
/// <remarks>
/// Timeouts and cancellation end a caller's wait at once, whatever the backend does meanwhile; what it grants too late is given back.
/// Leases are counted and timed by the <see cref="System.Diagnostics.Metrics.Meter"/> named <c>PgLocks.Backends</c>.
/// Releasing never waits for the backend; a later acquire of the same lock by this provider comes after it.
/// </remarks>
public abstract class BackendLockProvider : ILockProvider, IAsyncDisposable
{
    private readonly HoldTable _holds;
    private readonly SlotMap _map;
    private readonly KeyTier _tier;
    private readonly bool _caches;
    private int _closed;

    private protected BackendLockProvider(string name, BackendOptions options, IHoldSource source, int poolSize = 256, bool caches = false)
    {
        Identity = options.Place;
        _holds = new HoldTable(source, TimeProvider.System);
        _map = new SlotMap(poolSize);
        _caches = caches;
        _tier = new KeyTier(TimeProvider.System, options.AcquireTimeout, new MeterSink(name), $"{Environment.MachineName} (pid {Environment.ProcessId})",
            key => NewPort(key, joins: false), FenceAsync);
    }

    /// <inheritdoc/>
    public PositionLock GetLock(string minerHotkey, string tradePairId)
    {
        var key = new PositionKey(minerHotkey, tradePairId);
        return _caches ? new PositionLock(_tier, _tier.Find(key)) : new PositionLock(_tier, new FreshLock(key, _map.SlotOf(key), NewGate));
    }

    /// <inheritdoc/>
    public ValueTask<LockLease> AcquireAsync(PositionKey key, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Find(key).AcquireAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LockLease?> TryAcquireAsync(PositionKey key, TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
        Find(key).TryAcquireAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Keys of one slot share one lock of the backend, which is released with the last of them.</remarks>
    public ValueTask<MultiLockLease> AcquireAllAsync(IReadOnlyCollection<PositionKey> keys, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
        var ports = new Dictionary<int, HoldPort>();
        return MultiAcquire.AcquireAllAsync(keys, _caches ? _tier.Find : Shared, timeout is { } given ? Timeouts.Checked(given) : _tier.DefaultTimeout, _tier.Time, cancellationToken);

        KeyGate Shared(PositionKey key)
        {
            HoldPort port = NewPort(key, joins: true);
            if (!_holds.Source.IsPool)
                return new KeyGate(key, _tier, port);
            return new KeyGate(key, _tier, ports.TryGetValue(port.Number, out HoldPort? known) ? known : ports[port.Number] = port);
        }
    }

    /// <summary>Grants nothing more and releases what is held; leases that were not disposed are lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            await _holds.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Which locks these are; see <see cref="BackendOptions.Place"/>.</summary>
    internal string Identity { get; }

    /// <summary>Completes when the backend has carried out every release so far.</summary>
    internal Task ReleasedAsync() => _holds.ReleasedAsync();

    private KeyGate Find(PositionKey key)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
        return _caches ? _tier.Find(key) : NewGate(key);
    }

    /// <summary>No local tier: a gate that nobody else can find, so that whoever wants the key meets the others at the backend.</summary>
    private KeyGate NewGate(PositionKey key) => new(key, _tier, NewPort(key, joins: false));

    private HoldPort NewPort(PositionKey key, bool joins)
    {
        ArgumentNullException.ThrowIfNull(key.MinerHotkey, nameof(key));
        int slot = _map.SlotOf(key);
        return new HoldPort(_holds, new LockName(_holds.Source.IsPool ? null : key.ToString(), slot), joins);
    }

    private ValueTask FenceAsync(KeyGate gate, Tenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        _holds.Source.FenceAsync(gate, (HoldTenure)tenure, transaction, cancellationToken);
}
