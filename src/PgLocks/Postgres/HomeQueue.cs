using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>What waits to be sent on home. Everything queued while one round trip runs goes into the next.</summary>
internal sealed class HomeQueue(TimeProvider time)
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(1);

    private readonly object _sync = new();
    private HomeBatch _next = new();
    private bool _closed;

    internal void AddGain(int slot)
    {
        lock (_sync)
        {
            _next.Gains.Add(slot);
            Wake();
        }
    }

    internal void AddRelease(int slot, SessionLease owner, bool urgent)
    {
        lock (_sync)
        {
            _next.Releases.Add((slot, owner));
            _next.IsUrgent |= urgent;
            Wake();
        }
    }

    internal void AddDraw(int slot, SessionLease owner)
    {
        lock (_sync)
        {
            _next.Draws.Add((slot, owner));
            Wake();
        }
    }

    /// <summary>Ends the waits of <see cref="Take"/>: what is queued is still handed out, then empty batches.</summary>
    internal void Close()
    {
        lock (_sync)
        {
            _closed = true;
            Wake();
        }
    }

    /// <summary>Waits for work, at most for the time given; the batch may be empty.</summary>
    internal HomeBatch Take(int milliseconds)
    {
        lock (_sync)
        {
            if (_next.IsEmpty && !_closed)
                Monitor.Wait(_sync, milliseconds);
            // A release for which nobody waits is worth no round trip of its own: mostly the next gain is about to come.
            if (_next.IsReleaseOnly && !_next.IsUrgent && !_closed)
                Monitor.Wait(_sync, Linger);
            HomeBatch taken = _next;
            _next = new HomeBatch();
            return taken;
        }
    }

    /// <summary>The slots whose gains are queued.</summary>
    internal int[] Gains()
    {
        lock (_sync)
            return [.. _next.Gains];
    }

    /// <summary>Waits whatever is queued, but not past <see cref="Close"/>.</summary>
    internal void Pause(TimeSpan pause)
    {
        long begun = time.GetTimestamp();
        lock (_sync)
        {
            for (TimeSpan left; !_closed && (left = pause - time.GetElapsedTime(begun)) > TimeSpan.Zero;)
                Monitor.Wait(_sync, left);
        }
    }

    private void Wake() => Monitor.Pulse(_sync);
}

/// <summary>One round trip's worth of work. Releases are carried out first.</summary>
internal sealed class HomeBatch
{
    internal List<int> Gains { get; } = [];

    internal List<(int Slot, SessionLease Owner)> Releases { get; } = [];

    internal List<(int Slot, SessionLease Owner)> Draws { get; } = [];

    internal bool IsUrgent { get; set; }

    internal bool IsEmpty => Gains.Count == 0 && Releases.Count == 0 && Draws.Count == 0;

    internal bool IsReleaseOnly => Releases.Count > 0 && Gains.Count == 0 && Draws.Count == 0;
}
