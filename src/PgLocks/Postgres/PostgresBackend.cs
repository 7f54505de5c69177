using Npgsql;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>The slot port over PostgreSQL: tries and releases on home, waits on waiter sessions, requests heard by the listener.</summary>
internal sealed class PostgresBackend : ISlotBackend
{
    private readonly SlotPool _slots;
    private readonly HomeSession _home;
    private readonly WaiterPool _waiters;
    private readonly AgendaThread _clock;
    private readonly ListenerSession _listener;

    internal PostgresBackend(BackendContext context, SlotPool slots, NpgsqlDataSource pool, Guid instanceId, LockSession first)
    {
        _slots = slots;
        Requests = new YieldRequests(context, slots, pool, instanceId);
        _waiters = new WaiterPool(context, slots, Requests, pool, slot => _home!.Queue.AddGain(slot));
        _home = new HomeSession(context, slots, _waiters.Wait, first);
        _listener = new ListenerSession(context, slots, Requests);
        _clock = new AgendaThread(context.Agenda, context.Time);
    }

    internal YieldRequests Requests { get; }

    /// <summary>Whether slots can be gained now.</summary>
    internal bool IsConnected => _home.Lease is { IsLost: false };

    /// <summary>Why not.</summary>
    internal Exception? Failure => _home.Failure;

    /// <summary>The lease of home, while it is connected.</summary>
    internal SessionLease? HomeLease => _home.Lease;

    /// <summary>Whether yield requests are heard at once.</summary>
    internal bool IsListening => _listener.IsConnected;

    /// <summary>Sessions that wait for a slot, own one they waited for, or are idle.</summary>
    internal int WaiterSessions => _waiters.Count;

    /// <summary>Whether the server may have freed slots whose owners do not know yet.</summary>
    internal bool IsServerYoung => _home.IsServerYoung;

    internal void Start()
    {
        _clock.Start();
        _home.Start();
        _listener.Start();
    }

    public void Gain(int slot)
    {
        if (!_waiters.TryDefer(slot))
            _home.Queue.AddGain(slot);
    }

    public bool TryGainInLine(int slot) => _waiters.TryGain(slot);

    public void Release(int slot, SessionLease owner, bool urgent)
    {
        if (urgent)
            _slots.Counts.CountYield();
        if (!_waiters.TryRelease(slot, owner))
            _home.Queue.AddRelease(slot, owner, urgent);
    }

    public void Ask(IReadOnlyCollection<int> slots) => Requests.Ask(slots);

    public void DrawNumbers(int slot, SessionLease owner)
    {
        if (owner == _home.Lease)
            _home.Queue.AddDraw(slot, owner);
    }

    /// <summary>Ends every session; what was posted before is still carried out, if the server answers.</summary>
    internal async Task CloseAsync()
    {
        await _waiters.CloseAsync().ConfigureAwait(false);
        _home.Close();
        await Task.WhenAll(_home.Closed, _listener.CloseAsync()).ConfigureAwait(false);
        _clock.Close();
    }
}
