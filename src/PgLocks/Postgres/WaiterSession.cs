using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>A thread and a connection that stand in the server's line for one slot, own it once granted, and release it.</summary>
/// <remarks>
/// <code>
/// Idle → Waiting     the pool: a slot that home's try did not get, or that most likely is not free
/// Waiting → Owning   its thread: granted, number drawn
/// Waiting → Idle     its thread: the longest wait is over, or the session broke, and nobody wants the slot any more
/// Owning → Idle      its thread: released, or the session was lost
/// Idle → Closed      the pool's shutdown, or its thread after a while without work
/// </code>
/// The pool and its thread meet in one monitor; everything else is the thread's own.
/// </remarks>
internal sealed partial class WaiterSession
{
    /// <summary>A waiting statement holds a snapshot and with it vacuum's horizon: it is ended and queued again.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan IdleLife = TimeSpan.FromSeconds(10);

    private readonly BackendContext _context;
    private readonly ISlotEvents _events;
    private readonly WaiterPool _pool;
    private readonly object _sync = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LockSession? _session;
    private SessionLease? _watched;
    private (int Slot, bool IsBlocked)? _wanted;
    private (int Slot, SessionLease Owner)? _release;
    private bool _closing;

    internal WaiterSession(BackendContext context, ISlotEvents events, WaiterPool pool)
    {
        _context = context;
        _events = events;
        _pool = pool;
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "pglocks waiter" };
    }

    /// <summary>Completes when its thread has ended.</summary>
    internal Task Closed => _closed.Task;

    internal bool IsConnected => _session is { Lease.IsLost: false };

    /// <summary>The backend that stands in line for it, if one does now.</summary>
    internal SessionOpened? WaitingBackend => _session?.WaitingBackend;

    internal void Start(int slot)
    {
        _wanted = (slot, IsBlocked: true);
        _thread.Start();
    }

    /// <summary>Gives it work.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="isBlocked">Whether it is known, to the slot too, that another owns it.</param>
    internal void WaitFor(int slot, bool isBlocked)
    {
        lock (_sync)
        {
            _wanted = (slot, isBlocked);
            Monitor.Pulse(_sync);
        }
    }

    /// <summary>Releases what it owns; naming the owner keeps a late call from ending the next tenure.</summary>
    internal void Release(int slot, SessionLease owner)
    {
        lock (_sync)
        {
            _release = (slot, owner);
            Monitor.Pulse(_sync);
        }
    }

    internal void Close()
    {
        lock (_sync)
        {
            _closing = true;
            Monitor.Pulse(_sync);
        }
    }

    private bool IsClosing { get { lock (_sync) return _closing; } }

    private void Run()
    {
        while (NextSlot() is { } wanted)
        {
            if (TryGain(wanted.Slot, wanted.IsBlocked))
                Own(wanted.Slot);
            if (!_pool.GiveBack(this))
                break;
        }
        _session?.Lease.TryLose("the provider was closed");
        _session?.Dispose();
        _pool.Left(this);
        _closed.TrySetResult();
    }

    /// <summary>Waits for work with the session kept alive; null when it is time to go.</summary>
    private (int Slot, bool IsBlocked)? NextSlot()
    {
        long idleUntil = _context.Time.GetTimestamp() + _context.Ticks(IdleLife);
        while (true)
        {
            lock (_sync)
            {
                if (_wanted is null && !_closing)
                    Monitor.Wait(_sync, _context.Options.HeartbeatInterval);
                if (_wanted is { } wanted && !_closing)
                {
                    _wanted = null;
                    // The last tenure's, which must not end the next one: session and slot may be the same.
                    _release = null;
                    return wanted;
                }
                if (_closing)
                    return null;
            }
            if (_context.Time.GetTimestamp() >= idleUntil && _pool.TryTakeIdle(this))
                return null;
            Beat();
        }
    }

    private void Own(int slot)
    {
        SessionLease lease = _session!.Lease;
        while (true)
        {
            bool release;
            lock (_sync)
            {
                if (_release != (slot, lease) && !lease.IsLost && !_closing)
                    Monitor.Wait(_sync, _context.Options.HeartbeatInterval);
                release = _release == (slot, lease);
            }
            if (release && _session is { } session)
                TryRun(() => session.Release(slot));
            else if (IsClosing)
                Drop(new TimeoutException("the provider was closed while leases were held"));
            else
                Beat();
            if (release || lease.IsLost)
                break;
        }
        if (lease.IsLost)
            Drop(new TimeoutException(lease.LostReason));
        _events.Released(slot);
    }

    private void Beat()
    {
        if (_session is { } session)
            TryRun(session.Heartbeat);
    }

    private void TryRun(Action statement)
    {
        try
        {
            statement();
        }
        catch (Exception failure) when (LockSession.IsFailure(failure))
        {
            Drop(failure);
        }
    }

    private void Drop(Exception failure)
    {
        LockSession? session = _session;
        _session = null;
        if (session is null)
            return;
        session.Lease.TryLose($"a waiter session broke: {failure.Message}");
        _events.Lost(session.Lease);
        session.Dispose();
    }
}
