namespace PgLocks.Slots;

/// <summary>Whether slots are wanted by several instances in such numbers that taking turns pays. Guarded by the lock of <see cref="Turn"/>.</summary>
internal sealed class Crowd(SlotPolicy policy)
{
    /// <summary>So many turns that were not worth it, one after the other, and none is taken for a pause that grows from time to time.</summary>
    private const int MostWasted = 16;

    private readonly long[] _blocked = [.. Enumerable.Repeat(long.MinValue / 2, policy.CrowdSize)];
    private long _until = long.MinValue / 2;
    private long _notBefore = long.MinValue / 2;
    private int _next;
    private int _wasted;
    private long _pause = policy.PauseTicks;

    internal void Blocked(long now)
    {
        _blocked[_next] = now;
        _next = (_next + 1) % policy.CrowdSize;
        if (now - _blocked[_next] <= policy.CrowdTicks)
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
