using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <summary>What waits to be sent on home. Everything queued while one round trip runs goes into the next.</summary>
/// <remarks>
/// A release for which nobody waits is worth no round trip of its own: mostly the next gain is about to come. It lingers for a moment, and
/// if home is <em>attentive</em>, having just done something, it is not even worth waking home for.
/// </remarks>
internal sealed class HomeQueue
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly AdaptiveSpin? _spin;
    private readonly object _sync = new();
    private HomeBatch _next = new();
    private bool _attentive;
    private volatile bool _isUrgent;
    private bool _closed;

    /// <param name="time">The clock.</param>
    /// <param name="isEager">Whether every acquire waits for home, so that it had better be awake.</param>
    internal HomeQueue(TimeProvider time, bool isEager)
    {
        _time = time;
        if (isEager)
            _spin = new AdaptiveSpin(time, () => _isUrgent);
    }

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
            if (urgent || !_attentive)
                Wake(urgent);
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
        _spin?.Spin();
        lock (_sync)
        {
            bool hasLingered = _spin is not null && !_isUrgent;
            if (hasLingered)
                WaitAttentively(_spin!);
            if (_next.IsEmpty && !_closed)
            {
                Monitor.Wait(_sync, milliseconds);
                hasLingered = false;
            }
            if (!hasLingered && !_next.IsEmpty && !_isUrgent)
                Monitor.Wait(_sync, Linger);
            HomeBatch taken = _next;
            _next = new HomeBatch();
            _isUrgent = _closed;
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
        long begun = _time.GetTimestamp();
        lock (_sync)
        {
            for (TimeSpan left; !_closed && (left = pause - _time.GetElapsedTime(begun)) > TimeSpan.Zero;)
                Monitor.Wait(_sync, left);
        }
    }

    private void WaitAttentively(AdaptiveSpin spin)
    {
        long since = _time.GetTimestamp();
        _attentive = true;
        if (Monitor.Wait(_sync, Linger))
            spin.Woken(since);
        _attentive = false;
    }

    private void Wake(bool urgent = true)
    {
        _isUrgent |= urgent;
        Monitor.Pulse(_sync);
    }
}

/// <summary>One round trip's worth of work. Releases are carried out first.</summary>
internal sealed class HomeBatch
{
    internal List<int> Gains { get; } = [];

    internal List<(int Slot, SessionLease Owner)> Releases { get; } = [];

    internal List<(int Slot, SessionLease Owner)> Draws { get; } = [];

    internal bool IsEmpty => Gains.Count == 0 && Releases.Count == 0 && Draws.Count == 0;
}
