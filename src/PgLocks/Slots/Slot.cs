using PgLocks.Local;

namespace PgLocks.Slots;

/// <summary>One slot of the pool in this instance: gained, kept, yielded and lost as a whole, whichever keys its leases are for.</summary>
/// <remarks>
/// <code>
/// None, Lost → Gaining   a caller, or one that is about to want it, or the loss of a slot that is kept: posts the gain
/// Gaining → Owned        the backend's grant, after the lock delay if the last owner died
/// Gaining → None         the backend, when nobody waits any more for a slot that another owns
/// Owned → Yielding       an ask with no lease or no quantum left; the last exit of a slot that is not kept; shutdown
/// Yielding → Owned       the agenda: a lease has held up the yield for 100 ms, callers are let in for one more quantum
/// Yielding → Gaining     a caller, once the release is posted (the gain is carried out after it)
/// Yielding → None        the backend: released
/// Gaining, Owned, Yielding → Lost   the loss of the session that owns it
/// </code>
/// Every arrow is taken under the slot's lock. Grants on an open tenure take none: see <see cref="SlotTenure"/>.
/// </remarks>
internal sealed partial class Slot : SlotPort
{
    private readonly SlotPool _pool;
    private readonly SlotPolicy _policy;
    private readonly SlotContention _contention;
    private readonly SlotWaiters _waiters;
    private readonly Lock _sync = new();
    private volatile SlotTenure? _tenure;
    private SlotState _state;
    private bool _blocked;
    private bool _inLine;
    private long _gainedAt;

    internal Slot(int number, SlotPool pool)
        : base(number)
    {
        _pool = pool;
        _policy = pool.Policy;
        _contention = new SlotContention(_policy);
        _waiters = new SlotWaiters(_sync);
    }

    internal SlotState State => Locked(() => _state);

    /// <summary>The session that owns the slot, while one does.</summary>
    internal SessionLease? Owner => _tenure?.Session;

    /// <summary>Whether the slot is wanted here and owned by another.</summary>
    internal bool IsBlocked => Locked(() => _blocked && _tenure is null);

    private long Now => _policy.Time.GetTimestamp();

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
            // Its wait can have ended while the key was handed to it; after this look its end finds it in the queue.
            if (pending.IsDone)
                return;
            _waiters.Add(pending, Now);
            switch (_state)
            {
                case SlotState.Gaining when pending.TriesOnce && _pool.Turn.TryWithdraw(Number):
                    _pool.Backend.Gain(Number);
                    break;
                case SlotState.Gaining when pending.TriesOnce && _inLine:
                    TimeOutSoon([pending]);
                    break;
                case SlotState.Gaining when _blocked:
                    pending.Causes |= WaitCauses.Process;
                    refused = pending.TriesOnce && (!_policy.Keeps || _tenure is not null);
                    if (pending.TriesOnce && !refused)
                        TimeOutSoon([pending]);
                    break;
                case SlotState.Owned when !_tenure!.Session.IsProvenAt(Now):
                    expired = _tenure.Session;
                    break;
                case SlotState.Owned:
                    Admit(_tenure, Now);
                    // Its quantum is over, or its numbers or its count are used up: only a release helps.
                    if (_state == SlotState.Owned && !_waiters.IsEmpty)
                        BeginYield(_tenure);
                    refused = pending.TriesOnce && pending.Queue is not null && _tenure is not null;
                    break;
                case SlotState.Yielding:
                    refused = pending.TriesOnce && _tenure is not null;
                    break;
            }
            if (_state == SlotState.Yielding && _tenure is { } held && !pending.IsDone)
                NoteYielding(pending, held);
            GainIfWanted();
        }
        if (_pool.IsClosed)
            _waiters.FailAll(SlotPool.ClosedFailure);
        else if (expired is not null)
            _pool.Expire(expired);
        else if (refused)
            pending.TimeOut();
    }

    /// <summary>The last lease of a slot that is not kept has ended.</summary>
    internal void Drained(SlotTenure tenure)
    {
        lock (_sync)
        {
            if (_tenure == tenure && _state is SlotState.Owned or SlotState.Yielding)
                ReleaseIfIdle(tenure);
        }
    }

    internal void DrawNumbers(SlotTenure tenure) => _pool.Backend.DrawNumbers(Number, tenure.Session);

    /// <summary>Shutdown: nobody is admitted any more, and the slot is released when its last lease ends.</summary>
    internal void Close()
    {
        lock (_sync)
        {
            if (_state == SlotState.Owned)
                BeginYield(_tenure!);
        }
        _waiters.FailAll(SlotPool.ClosedFailure);
    }

    /// <summary>Gives an owner that may merely be keeping the slot the time to yield it.</summary>
    private void TimeOutSoon(PendingAcquire[] once) =>
        _pool.Agenda.At(Now + _policy.OneTryTicks, () => Array.ForEach(once, pending => pending.TimeOut()));

    // The holder that hands its key over leaves the tenure after that.
    private static int CountOfOwnKey(PendingAcquire pending) => (pending.Causes & WaitCauses.Key) != 0 ? 1 : 0;

    private void GainIfWanted()
    {
        bool isNobodys = _state is SlotState.None or SlotState.Lost || (_state == SlotState.Yielding && _tenure is null);
        if (!isNobodys || _waiters.IsEmpty || _pool.IsClosed)
            return;
        bool isElsewhere = _state == SlotState.None && _contention.IsElsewhere && TakesTurns;
        bool isLost = _state == SlotState.Lost;
        BeginGain();
        long now = Now;
        bool mayWait = !_waiters.AnyOnce;
        bool isDeferred = mayWait && !isLost && IsShared(now) && _pool.Turn.TryDefer(Number, now);
        NotePosted(isDeferred);
        if (isDeferred)
        {
            _contention.Shared(now);
            return;
        }
        _inLine = mayWait && isElsewhere && !_pool.Turn.IsOurs && _pool.Backend.TryGainInLine(Number);
        if (!_inLine)
            _pool.Backend.Gain(Number);
    }

    private void BeginGain()
    {
        _state = SlotState.Gaining;
        _blocked = false;
        _inLine = false;
        _contention.GainBegins();
    }

    private void Open(SlotTenure tenure)
    {
        long now = Now;
        _state = SlotState.Owned;
        _blocked = false;
        _gainedAt = now;
        bool isInTurn = IsShared(now) && _pool.Turn.IsOurs;
        tenure.Admit(transient: !_policy.Keeps, isInTurn ? null : _contention.CloseAt(now));
        Admit(tenure, now);
        if (_pool.IsClosed && _state == SlotState.Owned)
            BeginYield(tenure);
    }

    private void Admit(SlotTenure tenure, long now)
    {
        _waiters.Admit(tenure, now);
        if (!tenure.IsKept)
            ReleaseIfIdle(tenure);
    }

    private void BeginYield(SlotTenure tenure)
    {
        _state = SlotState.Yielding;
        tenure.Close();
        ReleaseIfIdle(tenure);
        if (_tenure == tenure && !_pool.IsClosed)
            _pool.Agenda.At(Now + _policy.StuckYieldTicks, () => YieldStuck(tenure));
    }

    private void YieldStuck(SlotTenure tenure)
    {
        lock (_sync)
        {
            if (_tenure != tenure || _state != SlotState.Yielding || _pool.IsClosed)
                return;
            long now = Now;
            _state = SlotState.Owned;
            tenure.Admit(transient: true, now + _policy.Quantum);
            Admit(tenure, now);
        }
    }

    private void ReleaseIfIdle(SlotTenure tenure)
    {
        if (!tenure.TryCloseIdle())
            return;
        _state = SlotState.Yielding;
        _tenure = null;
        _pool.Backend.Release(Number, tenure.Session, urgent: tenure.IsAsked);
        _pool.SlotEmptied();
        GainIfWanted();
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_sync)
            return read();
    }
}
