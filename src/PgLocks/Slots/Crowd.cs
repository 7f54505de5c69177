namespace PgLocks.Slots;

/// <summary>Whether slots are wanted by several instances in such numbers that taking turns pays. Guarded by the lock of <see cref="Turn"/>.</summary>
internal sealed class Crowd(SlotPolicy policy)
{
    /// <summary>So many turns that were not worth it, one after the other, and none is taken for a pause that grows from time to time.</summary>
    private const int MostWasted = 16;

    private readonly int[] _slots = [.. Enumerable.Repeat(-1, policy.CrowdSize)];
    private readonly long[] _times = [.. Enumerable.Repeat(long.MinValue / 2, policy.CrowdSize)];
    private long _until = long.MinValue / 2;
    private long _notBefore = long.MinValue / 2;
    private int _wasted;
    private long _pause = policy.PauseTicks;

    /// <summary>Different slots are counted: one hot slot is no crowd, however often it is waited for.</summary>
    internal void Blocked(int slot, long now)
    {
        int at = Array.IndexOf(_slots, slot);
        if (at < 0)
            at = Array.IndexOf(_times, _times.Min());
        (_slots[at], _times[at]) = (slot, now);
        if (now - _times.Min() <= policy.CrowdTicks)
            _until = now + policy.CrowdTicks;
    }

    internal bool IsThere(long now) => now < _until && now >= _notBefore;

    /// <summary>A turn in which hardly more leases were granted than slots wanted was slower than moving these one by one.</summary>
    internal void TurnEnded(long now, bool wasWorthIt)
    {
        _until = now + policy.CrowdTicks;
        _wasted = wasWorthIt ? 0 : _wasted + 1;
        if (wasWorthIt)
            _pause = policy.PauseTicks;
        if (_wasted < MostWasted)
            return;
        _wasted = 0;
        _notBefore = now + _pause;
        _pause = Math.Min(_pause * 2, policy.PauseTicks * 64);
    }
}
