namespace PgLocks.Backends.Coordinator;

/// <summary>One shard: locks by key, each with its holder and the line behind it.</summary>
/// <param name="nextNumber">The number of the next hold; it only grows.</param>
internal sealed class LockDictionary(Func<long> nextNumber)
{
    private readonly Dictionary<string, Line> _lines = [];
    private readonly Lock _sync = new();

    internal int Waiting(string key)
    {
        lock (_sync)
            return _lines.TryGetValue(key, out Line? line) ? line.Waiters.Count : 0;
    }

    internal bool Has(string key)
    {
        lock (_sync)
            return _lines.ContainsKey(key);
    }

    internal void Create(string key)
    {
        lock (_sync)
            Find(key);
    }

    /// <summary>The hold's number if it was granted at once; zero if the caller stands in line now, or, trying only, was refused.</summary>
    internal long Acquire(string key, Seat seat, bool once)
    {
        lock (_sync)
        {
            Line line = Find(key);
            if (line.Holder is null)
            {
                line.Holder = seat;
                return nextNumber();
            }
            if (!once)
                line.Waiters.AddLast(seat);
            return 0;
        }
    }

    /// <summary>The seat leaves. Returns who holds the lock after it, with the number of the hold, if that changed.</summary>
    internal (Seat Seat, long Number)? Leave(string key, Seat seat)
    {
        lock (_sync)
        {
            if (!_lines.TryGetValue(key, out Line? line))
                return null;
            if (line.Holder != seat)
            {
                line.Waiters.Remove(seat);
                return null;
            }
            line.Holder = line.Waiters.First?.Value;
            if (line.Holder is null)
                return null;
            line.Waiters.RemoveFirst();
            return (line.Holder, nextNumber());
        }
    }

    private Line Find(string key)
    {
        if (!_lines.TryGetValue(key, out Line? line))
            _lines.Add(key, line = new Line());
        return line;
    }

    private sealed class Line
    {
        internal Seat? Holder { get; set; }

        internal LinkedList<Seat> Waiters { get; } = [];
    }
}

/// <summary>One acquire of one connection: a holder or a waiter.</summary>
internal sealed record Seat(CoordinatorConnection Connection, long Id);
