using PgLocks.Local;

namespace PgLocks.Slots;

/// <summary>The callers whose key is granted and whose slot is not. Guarded by its slot's lock, except where a call says otherwise.</summary>
internal sealed class SlotWaiters(Lock sync)
{
    private readonly AcquireQueue _queue = new();
    private WaitPart _part;
    private bool _failing;

    internal bool IsEmpty => _queue.IsEmpty;

    internal bool AnyOnce => _queue.Walk().Any(pending => pending.TriesOnce);

    internal void Add(PendingAcquire pending, long now)
    {
        _queue.Add(pending);
        pending.WaitFor(_part, now);
    }

    /// <summary>From <paramref name="at"/> on they all wait for this, and so do those who come.</summary>
    internal void WaitFor(WaitPart part, long at)
    {
        _part = part;
        foreach (PendingAcquire pending in _queue.Walk())
            pending.WaitFor(part, at);
    }

    internal void Remove(PendingAcquire pending) => _queue.Remove(pending);

    /// <summary>Lets the first callers in, as many as the tenure takes.</summary>
    internal void Admit(SlotTenure tenure, long now)
    {
        while (!_queue.IsEmpty && tenure.TryEnter(now, out long fencingToken))
        {
            if (!_queue.TryTake()!.TryGrant(tenure, fencingToken, now))
                tenure.Leave();
        }
    }

    /// <summary>Says why they all wait; true if one of them is to go on waiting.</summary>
    internal bool Mark(WaitCauses cause, bool keepsOnce)
    {
        bool wanted = false;
        foreach (PendingAcquire pending in _queue.Walk())
        {
            pending.Causes |= cause;
            wanted |= keepsOnce || !pending.TriesOnce;
        }
        return wanted;
    }

    /// <summary>Those who try once. To be ended outside the lock, because each hands its key over.</summary>
    internal PendingAcquire[] Once() => [.. _queue.Walk().Where(pending => pending.TriesOnce)];

    /// <summary>Ends every wait, outside the lock. One at a time and never nested: each that ends hands its key to the next, which comes back to this queue.</summary>
    internal void FailAll(Func<Exception> failure)
    {
        lock (sync)
        {
            if (_failing)
                return;
            _failing = true;
        }
        while (true)
        {
            PendingAcquire? pending;
            lock (sync)
            {
                pending = _queue.TryTake();
                _failing = pending is not null;
            }
            if (pending is null)
                return;
            pending.Fail(failure());
        }
    }
}
