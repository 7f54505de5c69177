namespace PgLocks.Slots;

/// <content>How the turn is waited for, and what becomes of the slots that were to wait for it.</content>
internal sealed partial class Turn
{
    private ValueTask<LockLease?>? _granting;
    private int _waits;

    /// <summary>The slot of the lock was gained, or the wait for it is over.</summary>
    internal void Look()
    {
        LockLease? lease;
        bool isOurs;
        lock (_sync)
        {
            if (_state != TurnState.Waiting || _granting is not { IsCompleted: true } granting)
                return;
            _granting = null;
            lease = granting.IsCompletedSuccessfully ? granting.Result : null;
            isOurs = lease is not null && !_isClosed;
            _lease = lease ?? default;
            _state = isOurs ? TurnState.Filling : TurnState.None;
        }
        if (isOurs)
        {
            Fill();
            return;
        }
        lease?.Dispose();
        GoOwnWays();
    }

    private void BeginWait()
    {
        _state = TurnState.Waiting;
        _isAsked = false;
        // Not here: the caller holds a slot's lock.
        _pool.Agenda.At(_policy.Time.GetTimestamp(), AcquireLock);
    }

    private void AcquireLock()
    {
        ValueTask<LockLease?> granting = _gate.TryAcquireAsync(SlotPolicy.TurnWait, CancellationToken.None);
        int wait;
        lock (_sync)
        {
            _granting = granting;
            wait = ++_waits;
        }
        Look();
        _pool.Agenda.At(_policy.Time.GetTimestamp() + _policy.TurnWaitTicks, () => LookUntilItEnds(wait));
    }

    /// <summary>The end of the wait may come late: it is a timer's, and those need the thread pool.</summary>
    private void LookUntilItEnds(int wait)
    {
        if (Volatile.Read(ref _waits) != wait)
            return;
        Look();
        if (_state == TurnState.Waiting)
            _pool.Agenda.At(_policy.Time.GetTimestamp() + _policy.RetryTicks, () => LookUntilItEnds(wait));
    }

    private void GoOwnWays()
    {
        int[] wanted;
        lock (_sync)
        {
            _crowd.TurnEnded(_policy.Time.GetTimestamp(), wasWorthIt: false);
            wanted = TakeWanted();
        }
        foreach (int slot in wanted)
            _pool.Backend.Gain(slot);
    }
}
