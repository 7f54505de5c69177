using PgLocks.Local;

namespace PgLocks.Slots;

/// <summary>Many slots at once: while instances want many of each other's slots, these change hands together, a turn for each instance.</summary>
/// <remarks>
/// A round trip moves a hundred slots at the price of one, and a process that owns all the slots that it uses runs at full speed. The turn is
/// itself a lock, on one more slot behind the pool, so its line is first come first served. It only says who asks for slots when: a slot is
/// owned by whoever has its own lock, and a caller that gets no turn gains its slots one by one, as without it.
/// <code>
/// None → Waiting      a caller wants a shared slot in a crowd
/// Waiting → Filling   the lock is granted: what is wanted is gained, and what is shared is tried
/// Waiting → None      it is not granted in time, or shutdown: what is wanted goes its own way
/// Filling → Filling   some of it is owned by others: they are asked for all of that at once, and it is tried again
/// Filling → Holding   all of it is gained, or was tried often enough
/// Holding → Yielding  another instance asks, and a quantum has passed: every shared slot is yielded
/// Yielding → None     the backend has released them: the lock is released, and asked for again if a slot was wanted meanwhile
/// </code>
/// Every arrow is taken under its lock, which is the innermost: calls to slots and to the backend are made outside it.
/// </remarks>
internal sealed partial class Turn
{
    /// <summary>One by one, a slot that is wanted grants about two leases before another wants it. A turn has to do better.</summary>
    private const int GrantsPerWant = 4;

    private readonly SlotPool _pool;
    private readonly SlotPolicy _policy;
    private readonly KeyGate _gate;
    private readonly Crowd _crowd;
    private readonly Lock _sync = new();
    private readonly HashSet<int> _wanted = [];
    private readonly HashSet<int> _unanswered = [];
    private int _wantedAtFirst;
    private volatile TurnState _state;
    private LockLease _lease;
    private long _endsAt;
    private bool _isAsked;
    private bool _isClosed;

    internal Turn(SlotPool pool, SlotPort lockSlot)
    {
        _pool = pool;
        _policy = pool.Policy;
        _crowd = new Crowd(_policy);
        var tier = new KeyTier(_policy.Time, SlotPolicy.TurnWait, LockSink.None, "turn", _ => lockSlot, (_, _, _, _) => throw new NotSupportedException());
        _gate = tier.Find(new PositionKey("pglocks", "turn"));
    }

    private enum TurnState
    {
        None,
        Waiting,
        Filling,
        Holding,
        Yielding,
    }

    /// <summary>Whether what is gained now belongs to a turn, and is kept until that ends.</summary>
    internal bool IsOurs => _state is TurnState.Filling or TurnState.Holding;

    /// <summary>Keeps the gain of a shared slot back for the turn; false when the slot is to be gained at once. Called under the slot's lock.</summary>
    internal bool TryDefer(int slot, long now)
    {
        lock (_sync)
        {
            if (_isClosed || IsOurs || (_state == TurnState.None && !_crowd.IsThere(now)))
                return false;
            _wanted.Add(slot);
            if (_state == TurnState.None)
                BeginWait();
            return true;
        }
    }

    /// <summary>Gives back a slot that was kept for the turn, for a caller who cannot wait; false when it is not kept any more.</summary>
    internal bool TryWithdraw(int slot)
    {
        lock (_sync)
            return _wanted.Remove(slot);
    }

    /// <summary>Another owns a slot that is wanted here.</summary>
    internal void Blocked(int slot, long now)
    {
        lock (_sync)
            _crowd.Blocked(slot, now);
    }

    /// <summary>How long an asked slot is kept because of the turn; not at all if that is over for the others' taste.</summary>
    internal long KeptUntil(long now)
    {
        lock (_sync)
            return _state == TurnState.Filling ? now + _policy.Quantum : _state == TurnState.Holding ? _endsAt : now;
    }

    /// <summary>The backend has released a slot.</summary>
    internal void Released(int slot)
    {
        lock (_sync)
        {
            if (_state != TurnState.Yielding || !_unanswered.Remove(slot) || _unanswered.Count > 0)
                return;
        }
        Finish();
    }

    /// <summary>Another instance waits for the turn.</summary>
    internal void Asked()
    {
        lock (_sync)
        {
            if (_state is not (TurnState.None or TurnState.Yielding))
                _isAsked = true;
            if (_state == TurnState.Holding)
                EndInTime();
        }
    }

    internal void Close()
    {
        LockLease lease;
        lock (_sync)
        {
            _isClosed = true;
            _wanted.Clear();
            lease = _lease;
        }
        lease.Dispose();
    }

    private void EndInTime()
    {
        LockLease lease = _lease;
        _pool.Agenda.At(_endsAt, () => End(lease));
    }

    private void End(LockLease lease)
    {
        lock (_sync)
        {
            if (_state != TurnState.Holding || lease.FencingToken != _lease.FencingToken)
                return;
            _state = TurnState.Yielding;
            _unanswered.Add(_gate.Slot);
        }
        long now = _policy.Time.GetTimestamp();
        long granted = 0;
        foreach (Slot slot in _pool.Slots)
        {
            lock (_sync)
                _unanswered.Add(slot.Number);
            (long grants, bool isReleased) = slot.EndTurn(now);
            granted += grants;
            if (!isReleased)
            {
                lock (_sync)
                    _unanswered.Remove(slot.Number);
            }
        }
        lock (_sync)
            _crowd.TurnEnded(now, wasWorthIt: granted >= GrantsPerWant * _wantedAtFirst);
        Released(_gate.Slot);
    }

    private void Finish()
    {
        LockLease lease;
        lock (_sync)
            lease = _lease;
        lease.Dispose();
        lock (_sync)
        {
            _state = TurnState.None;
            if (_wanted.Count > 0)
                BeginWait();
        }
    }

    private int[] TakeWanted()
    {
        int[] wanted = [.. _wanted];
        _wanted.Clear();
        return wanted;
    }
}
