using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>Home: one thread, one connection, on which slots are tried, released and proven alive, batch by batch. Nothing else runs there.</summary>
/// <remarks>
/// <code>
/// Connecting → Connected   its thread: a session was opened and checked
/// Connected → Connecting   its thread: any error, or an answer past the deadline; the lease is lost, gains in flight are queued anew
/// any → Closed             shutdown, once the queue is empty or the server does not answer
/// </code>
/// </remarks>
internal sealed class HomeSession
{
    private readonly BackendContext _context;
    private readonly ISlotEvents _events;
    private readonly Action<int> _blocked;
    private readonly HomeQueue _queue;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LockSession? _session;
    private volatile bool _closing;
    private volatile Exception? _failure;

    /// <param name="context">What all sessions share.</param>
    /// <param name="events">Who is told.</param>
    /// <param name="blocked">What to do with a slot that another session owns.</param>
    /// <param name="first">The session that the start-up checks were made on.</param>
    internal HomeSession(BackendContext context, ISlotEvents events, Action<int> blocked, LockSession first)
    {
        _context = context;
        _events = events;
        _blocked = blocked;
        _session = first;
        _queue = new HomeQueue(context.Time, isEager: context.Options.Retention == Retention.Off);
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "pglocks home" };
    }

    internal HomeQueue Queue => _queue;

    /// <summary>The lease under which home owns slots now; <see langword="null"/> while it is not connected.</summary>
    internal SessionLease? Lease => _session?.Lease;

    /// <summary>Why home is not connected.</summary>
    internal Exception? Failure => _failure;

    internal bool IsServerYoung => _session is not { IsServerYoung: false };

    internal Task Closed => _closed.Task;

    internal void Start()
    {
        DeadlineWatch.Start(_context, _events, _session!.Lease);
        _thread.Start();
    }

    /// <summary>Sends what is queued, then closes the connection.</summary>
    internal void Close()
    {
        _closing = true;
        _queue.Close();
    }

    private void Run()
    {
        TimeSpan backoff = Backoff.First;
        while (true)
        {
            if (_session is null && !TryConnect())
            {
                _queue.Pause(backoff);
                backoff = Backoff.Next(backoff);
                if (_closing)
                    break;
                continue;
            }
            backoff = Backoff.First;
            HomeBatch batch = _queue.Take(UntilHeartbeat(_session!.Lease));
            if (_closing && batch.IsEmpty)
                break;
            try
            {
                Carry(_session, batch);
            }
            catch (Exception failure) when (LockSession.IsFailure(failure))
            {
                Lose(failure);
                Postpone(batch);
            }
        }
        _session?.Lease.TryLose("the provider was closed");
        _session?.Dispose();
        _closed.TrySetResult();
    }

    private bool TryConnect()
    {
        try
        {
            LockSession session = LockSession.OpenHome(_context);
            _failure = null;
            _session = session;
            DeadlineWatch.Start(_context, _events, session.Lease);
            return true;
        }
        catch (Exception failure) when (LockSession.IsFailure(failure))
        {
            _failure = failure;
            foreach (int slot in _queue.Gains())
                _events.Unreachable(slot, failure);
            return false;
        }
    }

    private void Carry(LockSession session, HomeBatch batch)
    {
        SessionLease lease = session.Lease;
        if (lease.IsLost)
            throw new TimeoutException(lease.LostReason);
        // What an earlier home owned went with it.
        List<int> releases = [.. batch.Releases.Where(release => release.Owner == lease).Select(release => release.Slot)];
        List<int> draws = [.. batch.Draws.Where(draw => draw.Owner == lease).Select(draw => draw.Slot)];
        if (releases.Count == 0 && draws.Count == 0 && batch.Gains.Count == 0)
        {
            session.Heartbeat();
            Report(batch, lease, [], sentAt: 0);
            return;
        }
        long sentAt = _context.Time.GetTimestamp();
        (long?[] gained, long[] drawn) = session.Transfer(releases, batch.Gains, draws);
        foreach ((int slot, long newest) in draws.Zip(drawn))
            _events.NumbersDrawn(slot, lease, newest);
        Report(batch, lease, gained, sentAt);
    }

    private void Report(HomeBatch batch, SessionLease lease, long?[] gained, long sentAt)
    {
        foreach ((int slot, _) in batch.Releases)
            _events.Released(slot);
        for (int i = 0; i < gained.Length; i++)
        {
            int slot = batch.Gains[i];
            if (gained[i] is { } number)
                _events.Gained(slot, lease, Math.Abs(number), unclean: number < 0, sentAt);
            else if (_events.Blocked(slot, sentAt))
                _blocked(slot);
        }
    }

    private void Lose(Exception failure)
    {
        LockSession session = _session!;
        _session = null;
        _failure = failure;
        session.Lease.TryLose($"home broke: {failure.Message}");
        _events.Lost(session.Lease);
        session.Dispose();
        Messages.HomeLost(_context.Log, failure);
    }

    /// <summary>Gains stay wanted; releases and draws went with the session.</summary>
    private void Postpone(HomeBatch batch)
    {
        foreach ((int slot, _) in batch.Releases)
            _events.Released(slot);
        foreach (int slot in batch.Gains)
            _queue.AddGain(slot);
    }

    private int UntilHeartbeat(SessionLease lease) =>
        lease.IsLost ? 0 : _context.MillisecondsUntil(lease.Deadline - _context.Ticks(_context.Options.LeaseDuration - _context.Options.HeartbeatInterval));
}
