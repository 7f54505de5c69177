using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Npgsql;
using PgLocks.Keys;
using PgLocks.Local;
using PgLocks.Migrations;
using PgLocks.Postgres;
using PgLocks.Registry;
using PgLocks.Slots;
using PgLocks.Telemetry;

namespace PgLocks.Hosting;

/// <summary>An instance put together: keys over slots over PostgreSQL, with telemetry and registry beside them; started and ended as one.</summary>
internal sealed class LockInstance : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly BackendContext _context;
    private readonly InstanceRegistry _registry;
    private readonly NpgsqlDataSource _pool;
    private readonly PostgresBackend _backend;
    private readonly LockTelemetry _recorder;
    private readonly KeySweep _sweep;
    private readonly TelemetryWriter _writer;
    private readonly TelemetryLoop _telemetry;
    private readonly RegistryWatch _watch;
    private readonly LockMeter _meter;
    private int _disposed;

    private LockInstance(Guid id, BackendContext context, NpgsqlDataSource pool, InstanceRegistry registry, RegistryWatch watch, LockSession home, IMeterFactory? meters)
    {
        Id = id;
        _context = context;
        _pool = pool;
        _registry = registry;
        _watch = watch;
        PgLocksOptions options = context.Options;
        int classId = context.Space.ClassId;
        Slots = new SlotPool(context.Space.PoolSize, new SlotPolicy(options, context.Time), context.Agenda, slots => new PostgresBackend(context, slots, pool, id, home));
        _backend = (PostgresBackend)Slots.Backend;
        _recorder = new LockTelemetry(context.Time, options.LongHoldThreshold) { Activities = new LockActivities(context.Space.Name, options.TraceHotkeys) };
        var map = new SlotMap(context.Space.PoolSize);
        Keys = new KeyTier(context.Time, options.AcquireTimeout, _recorder, $"{options.ApplicationName}@{Environment.MachineName} (pid {Environment.ProcessId})", key => Slots[map.SlotOf(key)],
            (gate, tenure, transaction, cancellationToken) => FenceCommand.ExecuteAsync(classId, gate, tenure, transaction, cancellationToken))
        {
            Order = options.LockOrderChecks ? new LockOrder() : null,
            Filter = options.RequireRegistered ? watch : null,
        };
        TransactionLock = new TransactionLock(context.Space, Slots, _backend.Requests, new Adoption(pool, context), () => _backend.IsServerYoung,
            options.UnfencedDelay ? options.LockDelay : TimeSpan.Zero, context.Time);
        _sweep = new KeySweep(Keys, _recorder);
        _meter = new LockMeter(meters, context.Space.Name, _recorder, _sweep, Keys, Slots, _backend);
        _writer = new TelemetryWriter(pool, id, classId, _sweep, _recorder, new KeyRegistry(pool, classId, id), context.Time, context.Log);
        _telemetry = new TelemetryLoop(_writer, new TelemetryUpkeep(pool, context.Time, context.Log), options.TelemetryInterval, context.Time);
    }

    internal Guid Id { get; }

    internal Space Space => _context.Space;

    internal KeyTier Keys { get; }

    internal SlotPool Slots { get; }

    internal TransactionLock TransactionLock { get; }

    internal RoundTrips RoundTrips => _context.RoundTrips;

    internal InstanceHealth Health
    {
        get
        {
            PgLocksOptions options = _context.Options;
            SessionLease? home = _backend.HomeLease;
            return new InstanceHealth
            {
                Space = Space.Name,
                Instance = Id,
                Problem = home is { IsLost: false } ? null : _backend.Failure?.Message ?? home?.LostReason ?? "the home session is being opened",
                HeartbeatAge = home is { IsLost: false } ? _context.Time.GetElapsedTime(home.Deadline - _context.Ticks(options.LeaseDuration)) : null,
                LeaseDuration = options.LeaseDuration,
                LockDelay = options.UnfencedDelay && _backend.IsServerYoung ? options.LockDelay : null,
                IsListening = _backend.IsListening,
                IsTelemetryWritten = _writer.IsHealthy,
                IsRegistryRead = !_watch.IsAway,
                SlotsOwned = Slots.Slots.Count(slot => slot.Owner is not null),
                Keys = Keys.Count,
                DroppedAcquisitions = _sweep.Dropped,
                DroppedEvents = _recorder.DroppedEvents,
            };
        }
    }

    /// <summary>Writes what telemetry has, now.</summary>
    internal Task<bool> FlushAsync(CancellationToken cancellationToken) => _writer.FlushAsync(cancellationToken);

    internal static async Task<LockInstance> StartAsync(PgLocksOptions options, ILogger log, TimeProvider time, IMeterFactory? meters, CancellationToken cancellationToken)
    {
        var connections = new Connections(options);
        Space space = await SpaceFinder.FindAsync(connections, options, cancellationToken).ConfigureAwait(false);
        var id = Guid.NewGuid();
        NpgsqlDataSource pool = connections.NewTelemetryPool();
        var registry = new InstanceRegistry(pool, id, time);
        var context = new BackendContext(options, connections, space, time, new Agenda(time), log, session => _ = RegisterAsync(registry, session, log), new RoundTrips());
        Task rehearsed = Rehearsal.TimeOutAsync(new LockTelemetry(time, options.LongHoldThreshold));
        try
        {
            await registry.RegisterAsync(options, space.ClassId, cancellationToken).ConfigureAwait(false);
            var watch = new RegistryWatch(new RegistryReader(pool, options.LeaseDuration, time), options.RequireRegistered, options.HeartbeatInterval, time, log);
            await watch.LoadAsync(cancellationToken).ConfigureAwait(false);
            var instance = new LockInstance(id, context, pool, registry, watch, await Task.Run(() => LockSession.OpenHome(context), cancellationToken).ConfigureAwait(false), meters);
            instance._backend.Start();
            instance._telemetry.Start();
            watch.Start(instance.Keys);
            await rehearsed.ConfigureAwait(false);
            NpgsqlConnectionStringBuilder target = connections.Target;
            Messages.Started(log, id, space.Name, space.PoolSize, SingleLine.Of(target.Host!), target.Port, SingleLine.Of(target.Database ?? target.Username ?? ""));
            return instance;
        }
        catch (Exception failure)
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            if (failure is NpgsqlException refused)
                throw SqlStates.ToStartFailure(refused, connections.Target);
            if (failure is TimeoutException late)
                throw SqlStates.ToStartFailure(late, connections.Target, options.LeaseDuration);
            throw;
        }
    }

    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        Close();
        await Slots.Idle.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Close();
        int held = Keys.Gates.Count(gate => gate.Holder.Token != 0);
        await _backend.CloseAsync().ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        await _telemetry.DisposeAsync().ConfigureAwait(false);
        _meter.Dispose();
        await CloseRegistryAsync().ConfigureAwait(false);
        await _pool.DisposeAsync().ConfigureAwait(false);
        Messages.Closed(_context.Log, Id, held);
    }

    private void Close()
    {
        Slots.Close();
        foreach (KeyGate gate in Keys.Gates)
            gate.FailWaiters(SlotPool.ClosedFailure);
    }

    private async Task CloseRegistryAsync()
    {
        using var limit = new CancellationTokenSource(CloseTimeout, _context.Time);
        try
        {
            await _registry.CloseAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (LockSession.IsFailure(failure))
        {
            Messages.CloseUnrecorded(_context.Log, failure);
        }
    }

    private static async Task RegisterAsync(InstanceRegistry registry, SessionOpened session, ILogger log)
    {
        try
        {
            await registry.AddSessionAsync(session.BackendPid, session.BackendStart, session.Role, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (LockSession.IsFailure(failure))
        {
            Messages.SessionUnrecorded(log, session.Role, failure);
        }
    }
}
