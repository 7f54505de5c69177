using System.Runtime.CompilerServices;

namespace PgLocks;

/// <summary>What an acquisition waits for at a moment.</summary>
internal enum WaitPart
{
    /// <summary>The same key is held in this instance.</summary>
    Key,

    /// <summary>This instance yields the slot, or the one that owns it has its quantum to do so.</summary>
    Yield,

    /// <summary>A session of another owns the slot.</summary>
    Owner,

    /// <summary>Another key of the slot holds up its yield.</summary>
    Slot,

    /// <summary>A session that could ask the server.</summary>
    Session,

    /// <summary>The server's answer.</summary>
    Server,
}

/// <summary>One wait's time, by what it was spent on. Guarded by whatever guards the wait's place in line.</summary>
internal struct WaitClock(long startedAt)
{
    private const int PartCount = 6;

    private Ticks _spent;
    private long _since = startedAt;
    private WaitPart _part;

    /// <summary>From <paramref name="at"/> on it waits for this. A time before the last change counts as that.</summary>
    internal void WaitFor(WaitPart part, long at)
    {
        if (at > _since)
        {
            _spent[(int)_part] += at - _since;
            _since = at;
        }
        _part = part;
    }

    /// <summary>It waits no more.</summary>
    internal void Stop(long at) => WaitFor(_part, at);

    internal readonly long SpentOn(WaitPart part) => _spent[(int)part];

    [InlineArray(PartCount)]
    private struct Ticks
    {
        private long _first;
    }
}
