using System.Diagnostics;

namespace PgLocks.Local;

/// <summary>The line for one key: who has it, who comes next. First come first served.</summary>
/// <remarks>
/// <code>
/// Free    → Held       any caller, one compare-and-swap
/// Held    → Free       the releasing holder, one compare-and-swap
/// Held    → Queued     a caller, under the lock: from now on the key is handed over, never freed past a waiter
/// Queued  → Held       the releasing holder, under the lock, handing the key to the last in line
/// Queued  → Free       the releasing holder, under the lock, when the line has gone meanwhile
/// Free    → Evicted    the table's sweep, one compare-and-swap; final
/// Queued  → Evicted    as to Free, when the line was closed meanwhile
/// </code>
/// It locks itself: there is one for every key in the process, and nobody outside this floor can lock it.
/// </remarks>
internal abstract class KeyLine(PositionKey key) : KeyLock(key)
{
    private AcquireQueue? _queue;
    private bool _isClosed;
    private int _state;

    /// <summary>What a caller that joins the line finds.</summary>
    protected enum Joined
    {
        /// <summary>The key: it has it now.</summary>
        Key = Free,

        /// <summary>Its place in line.</summary>
        Line = Queued,

        /// <summary>A line that is closed for good.</summary>
        Nothing = Evicted,

        /// <summary>A line that nobody joins any more, though some are still in it.</summary>
        Closed,
    }

    private const int Free = 0;
    private const int Held = 1;
    private const int Queued = 2;
    private const int Evicted = 3;

    internal override bool IsEvicted => Volatile.Read(ref _state) == Evicted;

    /// <summary>Takes the line out of service if nobody holds or wants the key.</summary>
    internal bool TryEvict() => Interlocked.CompareExchange(ref _state, Evicted, Free) == Free;

    /// <summary>Takes the line out of service: at once if nobody holds or wants the key, else when the last one in it has gone; until then nobody joins.</summary>
    internal void Close()
    {
        lock (this)
        {
            _isClosed = true;
            _queue ??= new AcquireQueue();
            while (true)
            {
                switch (Volatile.Read(ref _state))
                {
                    case Free when TryEvict():
                    // The last release then comes to the lock, and finds the line closed.
                    case Held when Interlocked.CompareExchange(ref _state, Queued, Held) == Held:
                    case Queued or Evicted:
                        return;
                }
            }
        }
    }

    /// <summary>Takes back a <see cref="Close"/> that has not ended the line yet.</summary>
    internal void Reopen()
    {
        lock (this)
            _isClosed = false;
    }

    /// <summary>Shutdown: whoever waits for the key's holder need not wait any longer.</summary>
    internal void FailWaiters(Func<Exception> failure)
    {
        while (true)
        {
            PendingAcquire? pending;
            lock (this)
                pending = _queue?.TryTake();
            if (pending is null)
                return;
            pending.Fail(failure());
        }
    }

    /// <summary>Who is in line behind the one that has the key.</summary>
    protected int InLine
    {
        get
        {
            if (Volatile.Read(ref _state) != Queued)
                return 0;
            lock (this)
                return _queue!.Walk().Count();
        }
    }

    protected bool IsTaken => Volatile.Read(ref _state) is Held or Queued;

    protected bool TryTakeFree() => Interlocked.CompareExchange(ref _state, Held, Free) == Free;

    protected Joined Join(PendingAcquire pending)
    {
        lock (this)
        {
            while (true)
            {
                switch (Volatile.Read(ref _state))
                {
                    case Queued when _isClosed:
                        return Joined.Closed;
                    case Free when TryTakeFree():
                        return Joined.Key;
                    case Held when Interlocked.CompareExchange(ref _state, Queued, Held) == Held:
                    case Queued:
                        (_queue ??= new AcquireQueue()).Add(pending);
                        return Joined.Line;
                    case Evicted:
                        return Joined.Nothing;
                }
            }
        }
    }

    protected void Leave(PendingAcquire pending)
    {
        lock (this)
            _queue!.Remove(pending);
    }

    /// <summary>Gives the key to the next whose wait has not ended, or frees it. Returns who has it now.</summary>
    protected PendingAcquire? PassOn()
    {
        while (Interlocked.CompareExchange(ref _state, Free, Held) != Held)
        {
            PendingAcquire? next;
            lock (this)
            {
                Debug.Assert(_state == Queued, "only a held key is handed over");
                next = _queue!.TryTake();
                Volatile.Write(ref _state, next is null ? (_isClosed ? Evicted : Free) : _queue.IsEmpty && !_isClosed ? Held : Queued);
            }
            if (next is null || next.TryTakeKey())
                return next;
        }
        return null;
    }
}
