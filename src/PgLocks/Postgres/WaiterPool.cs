using Npgsql;
using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>The waiter sessions of an instance: made on demand, capped, closed when idle. Past the cap a slot is tried again on home.</summary>
internal sealed class WaiterPool
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan CancelInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>A server that does not answer must not keep the process from ending: the server's lease ends the session.</summary>
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);

    private readonly BackendContext _context;
    private readonly ISlotEvents _events;
    private readonly YieldRequests _requests;
    private readonly NpgsqlDataSource _connections;
    private readonly Action<int> _tryAgain;
    private readonly Lock _sync = new();
    private readonly List<WaiterSession> _all = [];
    private readonly List<WaiterSession> _idle = [];
    private readonly Dictionary<int, WaiterSession> _bySlot = [];
    private readonly HashSet<int> _gainAfterRelease = [];
    private readonly HashSet<int> _polled = [];
    private bool _closing;

    internal WaiterPool(BackendContext context, ISlotEvents events, YieldRequests requests, NpgsqlDataSource connections, Action<int> tryAgain)
    {
        _context = context;
        _events = events;
        _requests = requests;
        _connections = connections;
        _tryAgain = tryAgain;
    }

    internal int Count
    {
        get
        {
            lock (_sync)
                return _all.Count;
        }
    }

    /// <summary>Tries a slot that most likely is not free, and asks for it with the same statement; false when no session for that is idle and connected.</summary>
    internal bool TryGain(int slot)
    {
        WaiterSession session;
        lock (_sync)
        {
            if (_closing || _idle.Count == 0 || !_idle[^1].IsConnected || _bySlot.ContainsKey(slot))
                return false;
            _polled.Remove(slot);
            session = TakeIdle(slot);
        }
        session.WaitFor(slot, isBlocked: false);
        return true;
    }

    /// <summary>A <see cref="TryGain"/> has found that another owns the slot, and asked for it once.</summary>
    internal void BeginRequests(int slot) => _requests.Begin(slot, sentWithWait: true);

    /// <summary>Stands in line for a slot that home's try did not get.</summary>
    internal void Wait(int slot)
    {
        WaiterSession? idle = null;
        WaiterSession? made = null;
        bool isAskedFor;
        lock (_sync)
        {
            if (_closing)
                return;
            isAskedFor = !_polled.Add(slot);
            if (_idle.Count > 0)
                idle = TakeIdle(slot);
            else if (_all.Count < _context.Options.MaxWaitSessions)
                _all.Add(_bySlot[slot] = made = new WaiterSession(_context, _events, this));
        }
        // A new session first has to connect: the owner had better hear of the wait before that.
        // A slot that is polled has been asked for, and is asked for again while the wait lasts.
        if (!isAskedFor || idle is not null)
            _requests.Begin(slot, sentWithWait: idle is not null);
        if (idle is not null)
            idle.WaitFor(slot, isBlocked: true);
        else if (made is not null)
            made.Start(slot);
        else
            _context.Agenda.At(_context.Time.GetTimestamp() + _context.Ticks(PollInterval), () => _tryAgain(slot));
    }

    /// <summary>Releases a slot that one of the waiters owns; false when none does.</summary>
    internal bool TryRelease(int slot, SessionLease owner)
    {
        WaiterSession? session;
        lock (_sync)
        {
            if (!_bySlot.TryGetValue(slot, out session))
                return false;
        }
        session.Release(slot, owner);
        return true;
    }

    /// <summary>Keeps a gain back until the waiter that still owns the slot has released it; false when there is none.</summary>
    internal bool TryDefer(int slot)
    {
        lock (_sync)
        {
            _polled.Remove(slot);
            return _bySlot.ContainsKey(slot) && _gainAfterRelease.Add(slot);
        }
    }

    internal string RequestFor(int slot) => _requests.Format.Write([slot]);

    /// <summary>A session has done with its slot and is idle; false when it should close.</summary>
    internal bool GiveBack(WaiterSession session)
    {
        int? gain = null;
        bool stays;
        lock (_sync)
        {
            foreach ((int slot, WaiterSession owner) in _bySlot)
            {
                if (owner != session)
                    continue;
                _bySlot.Remove(slot);
                if (_gainAfterRelease.Remove(slot))
                    gain = slot;
                break;
            }
            stays = !_closing;
            if (stays)
                _idle.Add(session);
        }
        if (gain is { } next)
            _tryAgain(next);
        return stays;
    }

    /// <summary>An idle session wants to close; false when it was given work meanwhile.</summary>
    internal bool TryTakeIdle(WaiterSession session)
    {
        lock (_sync)
            return _idle.Remove(session);
    }

    internal void Left(WaiterSession session)
    {
        lock (_sync)
            _all.Remove(session);
    }

    internal async Task CloseAsync()
    {
        WaiterSession[] all;
        lock (_sync)
        {
            _closing = true;
            all = [.. _all];
        }
        await Task.WhenAll(all.Select(CloseAsync)).ConfigureAwait(false);
    }

    /// <summary>The last to become idle first, so that the others can grow old and close.</summary>
    private WaiterSession TakeIdle(int slot)
    {
        WaiterSession session = _idle[^1];
        _idle.RemoveAt(_idle.Count - 1);
        return _bySlot[slot] = session;
    }

    /// <summary>
    /// Ends the session's wait until its thread has gone. From another session, and again and again: a cancel of the client's own may hit the
    /// try in front of the wait, and then knows of no statement to cancel any more.
    /// </summary>
    private async Task CloseAsync(WaiterSession session)
    {
        session.Close();
        long startedAt = _context.Time.GetTimestamp();
        while (!session.Closed.IsCompleted && _context.Time.GetElapsedTime(startedAt) < CloseLimit)
        {
            if (session.WaitingBackend is { } backend)
                await CancelAsync(backend).ConfigureAwait(false);
            await Task.WhenAny(session.Closed, Task.Delay(CancelInterval, _context.Time)).ConfigureAwait(false);
        }
    }

    private async Task CancelAsync(SessionOpened backend)
    {
        try
        {
            NpgsqlCommand command = _connections.CreateCommand(Sql.CancelBackend);
            await using (command.ConfigureAwait(false))
            {
                command.Parameters.Add(new() { Value = backend.BackendPid });
                command.Parameters.Add(new() { Value = backend.BackendStart });
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (LockSession.IsFailure(failure))
        {
            Messages.CancelFailed(_context.Log, failure);
        }
    }
}
