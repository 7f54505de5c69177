using Microsoft.Extensions.Logging;
using Npgsql;
using PgLocks.Keys;
using PgLocks.Local;
using PgLocks.Postgres;
using PgLocks.Slots;

namespace PgLocks.Hosting;

/// <summary>An instance put together: keys over slots over PostgreSQL, with telemetry beside them; started and ended as one.</summary>
internal sealed class LockInstance : IAsyncDisposable
{
    private readonly BackendContext _context;
    private readonly SlotPool _slots;
    private readonly PostgresBackend _backend;
    private readonly NpgsqlDataSource _pool;
    private int _disposed;

    private LockInstance(Guid id, BackendContext context, NpgsqlDataSource pool, LockSession home)
    {
        Id = id;
        _context = context;
        _pool = pool;
        PgLocksOptions options = context.Options;
        var policy = new SlotPolicy(options, context.Time);
        _slots = new SlotPool(context.Space.PoolSize, policy, context.Agenda, slots => new PostgresBackend(context, slots, pool, id, home));
        _backend = (PostgresBackend)_slots.Backend;
        var map = new SlotMap(context.Space.PoolSize);
        string name = $"{options.ApplicationName}@{Environment.MachineName} (pid {Environment.ProcessId})";
        Keys = new KeyTier(context.Time, options.AcquireTimeout, LockSink.None, name, key => _slots[map.SlotOf(key)],
            (gate, tenure, transaction, cancellationToken) => FenceCommand.ExecuteAsync(context.Space.ClassId, gate, tenure, transaction, cancellationToken));
        TransactionLock = new TransactionLock(context.Space, _slots, _backend.Requests, () => _backend.IsServerYoung,
            options.UnfencedDelay ? options.LockDelay : TimeSpan.Zero, context.Time);
    }

    internal Guid Id { get; }

    internal Space Space => _context.Space;

    internal KeyTier Keys { get; }

    internal TransactionLock TransactionLock { get; }

    internal SlotPool Slots => _slots;

    internal RoundTrips RoundTrips => _context.RoundTrips;

    internal static async Task<LockInstance> StartAsync(PgLocksOptions options, ILogger log, TimeProvider time, CancellationToken cancellationToken)
    {
        var connections = new Connections(options);
        Space space = await SpaceFinder.FindAsync(connections, options, cancellationToken).ConfigureAwait(false);
        var id = Guid.NewGuid();
        NpgsqlDataSource pool = connections.NewTelemetryPool();
        var context = new BackendContext(options, connections, space, time, new Agenda(time), log, _ => { }, new RoundTrips());
        try
        {
            LockSession home = LockSession.OpenHome(context);
            var instance = new LockInstance(id, context, pool, home);
            instance._backend.Start();
            Messages.Started(log, id, space.Name, space.PoolSize, connections.Target.Host, connections.Target.Port, connections.Target.Database);
            return instance;
        }
        catch (Exception failure)
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            if (failure is NpgsqlException refused)
                throw SqlStates.ToStartFailure(refused, connections.Target);
            throw;
        }
    }

    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        _slots.Close();
        await _slots.Idle.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _slots.Close();
        int held = Keys.Gates.Count(gate => gate.Holder.Token != 0);
        await _backend.CloseAsync().ConfigureAwait(false);
        await _pool.DisposeAsync().ConfigureAwait(false);
        Messages.Closed(_context.Log, Id, held);
    }
}
