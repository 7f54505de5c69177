using PgLocks.Local;

namespace PgLocks.Slots;

/// <summary>One slot of the pool in this instance: gained, kept, yielded and lost as a whole, whichever keys its leases are for.</summary>
/// <remarks>
/// <code>
/// None, Lost → Gaining   a caller: posts the gain
/// Gaining → Owned        the backend's grant, after the lock delay if the last owner died
/// Gaining → None         the backend, when nobody waits any more for a slot that another owns
/// Owned → Yielding       an ask with no lease left or no quantum left; the last exit of a slot that is not kept; shutdown
/// Yielding → Owned       the agenda: a lease has held up the yield for 100 ms, callers are let in for one more quantum
/// Yielding → Gaining     a caller, once the release is posted (the gain is carried out after it)
/// Yielding → None        the backend: released
/// Owned, Yielding, Gaining → Lost   the session's loss
/// </code>
/// Every arrow is taken under the slot's lock. Grants on an open tenure take none: see <see cref="SlotTenure"/>.
/// </remarks>
internal sealed class Slot : SlotPort
{
    private readonly SlotPool _pool;
    private readonly SlotPolicy _policy;
    private readonly Lock _sync = new();
    private readonly AcquireQueue _waiters = new();
    private volatile SlotTenure? _tenure;
    private volatile Exception? _lastFailure;
    private volatile LockHolder? _foreignHolder;
    private SlotState _state;
    private bool _blocked;
    private bool _askedMeanwhile;
    private bool _failing;
    private long _gainedAt;
    private long _contendedUntil = long.MinValue;

    internal Slot(int number, SlotPool pool)
        : base(number)
    {
        _pool = pool;
        _policy = pool.Policy;
    }

    internal SlotState State
    {
        get
        {
            lock (_sync)
                return _state;
        }
    }

    /// <summary>The session that owns the slot, while one does.</summary>
    internal SessionLease? Owner => _tenure?.Session;

    /// <summary>Whether the slot is wanted here and owned by another.</summary>
    internal bool IsBlocked
    {
        get
        {
            lock (_sync)
                return _blocked && _tenure is null;
        }
    }

    internal override Exception? LastFailure => _lastFailure;

    internal override LockHolder? ForeignHolder => _foreignHolder;

    internal override bool TryEnter(long now, out Tenure? tenure, out long fencingToken)
    {
        SlotTenure? current = _tenure;
        tenure = current;
        if (current is not null)
            return current.TryEnter(now, out fencingToken);
        fencingToken = 0;
        return false;
    }

    internal override void Remove(PendingAcquire pending)
    {
        lock (_sync)
            _waiters.Remove(pending);
    }

    internal override void Enqueue(PendingAcquire pending)
    {
        SessionLease? expired = null;
        bool refused = false;
        lock (_sync)
        {
            _waiters.Add(pending);
            long now = _policy.Time.GetTimestamp();
            switch (_state)
            {
                case SlotState.None or SlotState.Lost when !_pool.IsClosed:
                    BeginGain();
                    break;
                case SlotState.Gaining when _blocked:
                    pending.Causes |= WaitCauses.Process;
                    refused = pending.TriesOnce && !_policy.Keeps;
                    break;
                case SlotState.Owned when !_tenure!.Session.IsProvenAt(now):
                    expired = _tenure.Session;
                    break;
                case SlotState.Owned:
                    AdmitWaiters(now);
                    if (_state == SlotState.Owned && !_waiters.IsEmpty && _tenure.IsOver(now))
                        BeginYield(now);
                    break;
                case SlotState.Yielding:
                    pending.Causes |= WaitCauses.Slot;
                    if (_tenure is null && !_pool.IsClosed)
                        BeginGain();
                    refused = pending.TriesOnce && _tenure is not null;
                    break;
            }
        }
        if (_pool.IsClosed)
            FailWaiters();
        else if (expired is not null)
            _pool.Expire(expired);
        else if (refused)
            pending.TimeOut();
    }

    /// <summary>The last lease of a slot that is not kept has ended, or none entered an open one.</summary>
    internal void Drained(SlotTenure tenure)
    {
        lock (_sync)
        {
            if (_tenure == tenure && _state is SlotState.Owned or SlotState.Yielding && tenure.TryCloseIdle())
                Release(tenure);
        }
    }

    internal void DrawNumbers(SlotTenure tenure) => _pool.Backend.DrawNumbers(Number, tenure.Session);

    internal void Gained(SessionLease owner, long epoch, bool unclean)
    {
        List<PendingAcquire> once = [];
        lock (_sync)
        {
            _lastFailure = null;
            _foreignHolder = null;
            long now = _policy.Time.GetTimestamp();
            if (_blocked)
                _contendedUntil = now + _policy.CalmTicks;
            var tenure = new SlotTenure(this, owner, epoch);
            _tenure = tenure;
            if (unclean && _policy.LockDelay > 0)
            {
                _blocked = true;
                once = TriedOnce();
                _pool.Agenda.At(now + _policy.LockDelay, () => DelayOver(tenure));
            }
            else
            {
                Open(tenure, now);
            }
        }
        once.ForEach(pending => pending.TimeOut());
    }

    /// <summary>Another owns the slot. False when nobody here waits for it any more.</summary>
    internal bool Blocked()
    {
        List<PendingAcquire> once;
        bool wanted = false;
        lock (_sync)
        {
            once = TriedOnce();
            foreach (PendingAcquire pending in _waiters.Walk())
            {
                pending.Causes |= WaitCauses.Process;
                wanted |= _policy.Keeps || !pending.TriesOnce;
            }
            _blocked = wanted;
            if (!wanted)
                _state = SlotState.None;
        }
        if (once.Count > 0 && _policy.Keeps)
            _pool.Agenda.At(_policy.Time.GetTimestamp() + _policy.OneTryTicks, () => once.ForEach(pending => pending.TimeOut()));
        else
            once.ForEach(pending => pending.TimeOut());
        return wanted;
    }

    /// <summary>
    /// Whether others wanted the slot so lately that its owner must know: it then hands the slot on without being asked. Only half of the calm
    /// counts, because the owner's own knowledge may be older than this instance's.
    /// </summary>
    internal bool IsContended
    {
        get
        {
            lock (_sync)
                return _policy.Time.GetTimestamp() < _contendedUntil - _policy.CalmTicks / 2;
        }
    }

    internal void Unreachable(Exception failure)
    {
        List<PendingAcquire> once;
        lock (_sync)
        {
            _lastFailure = failure;
            once = TriedOnce();
        }
        foreach (PendingAcquire pending in once)
            pending.Fail(new PgLockException($"The lock server could not be asked: {failure.Message} Try again; run 'pglocks doctor' if it stays.", isTransient: true, cause: failure));
    }

    internal void HeldBy(LockHolder holder) => _foreignHolder = holder;

    internal void Released()
    {
        lock (_sync)
        {
            if (_state == SlotState.Yielding && _tenure is null)
                _state = SlotState.None;
        }
    }

    internal void NumbersDrawn(SessionLease owner, long newest)
    {
        lock (_sync)
        {
            if (_tenure is not { } tenure || tenure.Session != owner)
                return;
            long now = _policy.Time.GetTimestamp();
            bool extended = tenure.TryExtend(newest);
            if (_state == SlotState.Owned && extended)
                AdmitWaiters(now);
            else if (_state == SlotState.Owned)
                BeginYield(now);
        }
    }

    internal void Asked()
    {
        lock (_sync)
        {
            long now = _policy.Time.GetTimestamp();
            _contendedUntil = now + _policy.CalmTicks;
            if (_state == SlotState.Gaining)
                _askedMeanwhile = true;
            if (_state != SlotState.Owned || _tenure!.IsAsked)
                return;
            _tenure.Ask(_gainedAt + _policy.Quantum);
            if (_tenure.TryCloseIdle())
                Release(_tenure);
        }
    }

    internal void Lost(SessionLease session)
    {
        lock (_sync)
        {
            if (_tenure is null || _tenure.Session != session)
                return;
            _tenure.Close();
            _tenure = null;
            _state = SlotState.Lost;
            _pool.SlotEmptied();
            if (!_waiters.IsEmpty && !_pool.IsClosed)
                BeginGain();
        }
    }

    /// <summary>Shutdown: nobody is admitted any more, and the slot is released when its last lease ends.</summary>
    internal void Close()
    {
        lock (_sync)
        {
            if (_state == SlotState.Owned)
                BeginYield(_policy.Time.GetTimestamp());
        }
        FailWaiters();
    }

    private List<PendingAcquire> TriedOnce() => [.. _waiters.Walk().Where(pending => pending.TriesOnce)];

    private void BeginGain()
    {
        _state = SlotState.Gaining;
        _blocked = false;
        _askedMeanwhile = false;
        _pool.Backend.Gain(Number);
    }

    private void DelayOver(SlotTenure tenure)
    {
        lock (_sync)
        {
            if (_tenure == tenure && _state == SlotState.Gaining)
                Open(tenure, _policy.Time.GetTimestamp());
        }
    }

    private void Open(SlotTenure tenure, long now)
    {
        _state = SlotState.Owned;
        _blocked = false;
        _gainedAt = now;
        bool contended = _askedMeanwhile || now < _contendedUntil;
        tenure.Admit(transient: !_policy.Keeps, contended ? now + _policy.Quantum : null);
        AdmitWaiters(now);
        if (_pool.IsClosed && _state == SlotState.Owned)
            BeginYield(now);
    }

    private void AdmitWaiters(long now)
    {
        SlotTenure tenure = _tenure!;
        while (!_waiters.IsEmpty && tenure.TryEnter(now, out long fencingToken))
        {
            if (!_waiters.TryTake()!.TryGrant(tenure, fencingToken, now))
                tenure.Leave();
        }
        if (!tenure.IsKept && tenure.TryCloseIdle())
            Release(tenure);
    }

    private void BeginYield(long now)
    {
        SlotTenure tenure = _tenure!;
        _state = SlotState.Yielding;
        tenure.Close();
        if (tenure.TryCloseIdle())
            Release(tenure);
        else if (!_pool.IsClosed)
            _pool.Agenda.At(now + _policy.StuckYieldTicks, () => YieldStuck(tenure));
    }

    private void YieldStuck(SlotTenure tenure)
    {
        lock (_sync)
        {
            if (_tenure != tenure || _state != SlotState.Yielding || _pool.IsClosed)
                return;
            long now = _policy.Time.GetTimestamp();
            _state = SlotState.Owned;
            tenure.Admit(transient: true, now + _policy.Quantum);
            AdmitWaiters(now);
        }
    }

    private void Release(SlotTenure tenure)
    {
        _state = SlotState.Yielding;
        _tenure = null;
        _pool.Backend.Release(Number, tenure.Session, urgent: tenure.IsAsked);
        _pool.SlotEmptied();
        if (!_waiters.IsEmpty && !_pool.IsClosed)
            BeginGain();
    }

    /// <summary>One at a time and never nested: each that fails hands its key to the next, which comes back to this queue.</summary>
    private void FailWaiters()
    {
        lock (_sync)
        {
            if (_failing)
                return;
            _failing = true;
        }
        while (true)
        {
            PendingAcquire? pending;
            lock (_sync)
            {
                pending = _waiters.TryTake();
                if (pending is null)
                {
                    _failing = false;
                    return;
                }
            }
            pending.Fail(new ObjectDisposedException(nameof(PgLockProvider), "The lock provider is closed: no key is granted any more."));
        }
    }
}
