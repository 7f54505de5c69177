namespace PgLocks.Slots;

/// <summary>The slots of one space in this instance, and the way between them and the backend.</summary>
internal sealed class SlotPool : ISlotEvents
{
    private readonly Slot[] _slots;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closed;

    internal SlotPool(int size, SlotPolicy policy, Agenda agenda, Func<SlotPool, ISlotBackend> backend)
    {
        Policy = policy;
        Agenda = agenda;
        _slots = [.. Enumerable.Range(0, size + 1).Select(number => new Slot(number, this))];
        Turn = new Turn(this, _slots[size]);
        Backend = backend(this);
    }

    internal SlotPolicy Policy { get; }

    internal Agenda Agenda { get; }

    internal ISlotBackend Backend { get; }

    internal SlotCounts Counts { get; } = new();

    internal bool IsClosed => _closed;

    /// <summary>Completes once the pool is closed and no slot carries a lease.</summary>
    internal Task Idle => _idle.Task;

    /// <summary>The slots that keys map to.</summary>
    internal ArraySegment<Slot> Slots => new(_slots, 0, _slots.Length - 1);

    /// <summary>Its lock is the slot behind these.</summary>
    internal Turn Turn { get; }

    internal Slot this[int slot] => _slots[slot];

    internal static Exception ClosedFailure() => new ObjectDisposedException(nameof(PgLockProvider), "The lock provider is closed: no key is granted any more.");

    /// <summary>Stops granting; slots are released as their last leases end.</summary>
    internal void Close()
    {
        _closed = true;
        Turn.Close();
        foreach (Slot slot in _slots)
            slot.Close();
        SlotEmptied();
    }

    /// <summary>A slot has no tenure any more.</summary>
    internal void SlotEmptied()
    {
        if (_closed && _slots.All(slot => slot.Owner is null))
            _idle.TrySetResult();
    }

    /// <summary>A caller saw that the session's deadline has passed before its own thread did.</summary>
    internal void Expire(SessionLease session)
    {
        session.TryLose(SessionLease.Overdue);
        Lost(session);
    }

    public void Gained(int slot, SessionLease owner, long epoch, bool unclean, long sentAt)
    {
        _slots[slot].Gained(owner, epoch, unclean, sentAt);
        if (slot == Slots.Count)
            Turn.Look();
        else
            Turn.Answered(slot);
    }

    public bool Blocked(int slot, long sentAt)
    {
        bool isWanted = _slots[slot].Blocked(sentAt);
        Turn.Answered(slot);
        if (isWanted && slot != Slots.Count)
            Turn.Blocked(slot, Policy.Time.GetTimestamp());
        return isWanted;
    }

    public bool IsBlocked(int slot) => _slots[slot].IsBlocked;

    public void Unreachable(int slot, Exception failure) => _slots[slot].Unreachable(failure);

    public void Released(int slot)
    {
        _slots[slot].Released();
        Turn.Released(slot);
    }

    public void NumbersDrawn(int slot, SessionLease owner, long newest) => _slots[slot].NumbersDrawn(owner, newest);

    public void Asked(int slot)
    {
        _slots[slot].Asked();
        if (slot == Slots.Count)
            Turn.Asked();
    }

    public void Lost(SessionLease session)
    {
        Counts.CountLosses(_slots.Count(slot => slot.Owner == session));
        foreach (Slot slot in _slots)
            slot.Lost(session);
    }
}
