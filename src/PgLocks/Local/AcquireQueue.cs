namespace PgLocks.Local;

/// <summary>A FIFO of waiting callers, linked through themselves so that any one leaves in constant time. Its owner locks it.</summary>
internal sealed class AcquireQueue
{
    private PendingAcquire? _head;
    private PendingAcquire? _tail;

    internal bool IsEmpty => _head is null;

    internal void Add(PendingAcquire pending)
    {
        pending.Queue = this;
        pending.Previous = _tail;
        pending.Next = null;
        if (_tail is null)
            _head = pending;
        else
            _tail.Next = pending;
        _tail = pending;
    }

    internal PendingAcquire? TryTake()
    {
        PendingAcquire? first = _head;
        if (first is not null)
            Remove(first);
        return first;
    }

    /// <summary>False when it is not in this queue (any more).</summary>
    internal bool Remove(PendingAcquire pending)
    {
        if (pending.Queue != this)
            return false;
        if (pending.Previous is null)
            _head = pending.Next;
        else
            pending.Previous.Next = pending.Next;
        if (pending.Next is null)
            _tail = pending.Previous;
        else
            pending.Next.Previous = pending.Previous;
        pending.Queue = null;
        pending.Previous = pending.Next = null;
        return true;
    }

    /// <summary>The waiting callers, first first; the queue must not change meanwhile.</summary>
    internal IEnumerable<PendingAcquire> Walk()
    {
        for (PendingAcquire? at = _head; at is not null;)
        {
            PendingAcquire? next = at.Next;
            yield return at;
            at = next;
        }
    }
}
