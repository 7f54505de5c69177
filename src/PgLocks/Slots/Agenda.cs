namespace PgLocks.Slots;

/// <summary>What is to be done at a later time: lock delays, stuck yields, deadlines. Passive: whoever owns the clock calls <see cref="RunDue"/>.</summary>
internal sealed class Agenda(TimeProvider time)
{
    private readonly PriorityQueue<Action, long> _items = new();
    private readonly Lock _sync = new();

    /// <summary>Called when an item comes before all others, so that a sleeping clock can wake earlier.</summary>
    internal Action? EarlierDue { get; set; }

    internal void At(long due, Action action)
    {
        bool isFirst;
        lock (_sync)
        {
            isFirst = !_items.TryPeek(out _, out long first) || due < first;
            _items.Enqueue(action, due);
        }
        if (isFirst)
            EarlierDue?.Invoke();
    }

    /// <summary>Does what is due; returns when the next item is, or <see langword="null"/>.</summary>
    internal long? RunDue()
    {
        while (true)
        {
            Action action;
            lock (_sync)
            {
                if (!_items.TryPeek(out action!, out long due))
                    return null;
                if (due > time.GetTimestamp())
                    return due;
                _items.Dequeue();
            }
            action();
        }
    }
}
