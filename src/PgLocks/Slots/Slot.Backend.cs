using PgLocks.Local;

namespace PgLocks.Slots;

/// <content>What the backend reports of the slot.</content>
internal sealed partial class Slot
{
    private volatile Exception? _lastFailure;
    private volatile LockHolder? _foreignHolder;

    internal override Exception? LastFailure => _lastFailure;

    internal override LockHolder? ForeignHolder => _foreignHolder;

    internal void Gained(SessionLease owner, long epoch, bool unclean, long sentAt)
    {
        PendingAcquire[] once = [];
        lock (_sync)
        {
            _lastFailure = null;
            _foreignHolder = null;
            long now = Now;
            _contention.Gained(epoch, afterWait: _blocked || _inLine, now);
            if (!IsTurns)
                _pool.Counts.CountGain(unclean || owner.OpensAt > now);
            long opensAt = IsTurns ? now : _policy.OpensAt(owner, unclean, now);
            NoteGained(sentAt, now, isDelayed: opensAt > now);
            var tenure = new SlotTenure(this, owner, epoch);
            _tenure = tenure;
            if (opensAt > now)
            {
                _blocked = true;
                once = _waiters.Once();
                _pool.Agenda.At(opensAt, () => DelayOver(tenure));
            }
            else
            {
                Open(tenure);
            }
        }
        Array.ForEach(once, pending => pending.TimeOut());
    }

    /// <summary>Another owns the slot. False when it need not be waited for.</summary>
    internal bool Blocked(long sentAt)
    {
        PendingAcquire[] once;
        bool wanted;
        lock (_sync)
        {
            _inLine = false;
            NoteBlocked(sentAt, Now);
            once = _waiters.Once();
            wanted = _waiters.Mark(WaitCauses.Process, keepsOnce: _policy.Keeps);
            if (wanted)
                _contention.Shared(Now);
            if (once.Length == 0 && IsShared(Now) && _pool.Turn.TryMiss(Number))
                return false;
            _blocked = wanted;
            if (!wanted)
                _state = SlotState.None;
        }
        if (once.Length > 0 && _policy.Keeps)
            TimeOutSoon(once);
        else
            Array.ForEach(once, pending => pending.TimeOut());
        return wanted;
    }

    internal void Unreachable(Exception failure)
    {
        _lastFailure = failure;
        PendingAcquire[] once = Locked(_waiters.Once);
        Array.ForEach(once, pending => pending.Fail(
            new PgLockException($"The lock server could not be asked: {failure.Message} Try again; run 'pglocks doctor' if it stays.", isTransient: true, cause: failure)));
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
            bool extended = tenure.TryExtend(newest);
            if (_state == SlotState.Owned && extended)
                Admit(tenure, Now);
            else if (_state == SlotState.Owned)
                BeginYield(tenure);
        }
    }

    internal void Asked()
    {
        lock (_sync)
        {
            long now = Now;
            _contention.Asked(now, whileGaining: _state == SlotState.Gaining);
            if (_state != SlotState.Owned || _tenure!.IsAsked)
                return;
            if (TakesTurns && _pool.Turn.KeptUntil(now) is var end && end > now)
            {
                SlotTenure tenure = _tenure;
                _pool.Agenda.At(end, () => EndKeeping(tenure));
                return;
            }
            _tenure.Ask(_gainedAt + _policy.Quantum);
            ReleaseIfIdle(_tenure);
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
            GainIfWanted();
            GainAgain();
        }
    }

    private void DelayOver(SlotTenure tenure)
    {
        lock (_sync)
        {
            if (_tenure == tenure && _state == SlotState.Gaining)
                Open(tenure);
        }
    }

    private void EndKeeping(SlotTenure tenure)
    {
        lock (_sync)
        {
            if (_tenure != tenure || _state != SlotState.Owned || tenure.IsAsked)
                return;
            tenure.Ask(Now);
            ReleaseIfIdle(tenure);
        }
    }
}
