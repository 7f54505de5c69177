namespace PgLocks.Slots;

/// <content>What the slot does in its instance's <see cref="Turn"/>.</content>
internal sealed partial class Slot
{
    /// <summary>Whether others wait for it, as far as its owner knows.</summary>
    internal bool IsAsked => _tenure is { IsAsked: true };

    private bool TakesTurns => _policy.Keeps && !IsTurns;

    /// <summary>Whether it is the turn's own lock, which nobody's work relies on.</summary>
    private bool IsTurns => Number == _pool.Slots.Count;

    private bool IsShared(long now) => TakesTurns && _contention.IsShared(now);

    /// <summary>The turn ends: a shared slot is yielded. Returns how many leases it granted, and whether its release is posted.</summary>
    internal (long Granted, bool IsReleased) EndTurn(long now)
    {
        lock (_sync)
        {
            if (_state != SlotState.Owned || !IsShared(now))
                return (0, false);
            SlotTenure tenure = _tenure!;
            long granted = tenure.Granted;
            // What was only tried and not used is left to others before long.
            if (granted > 0)
                _contention.Shared(now);
            tenure.Ask(now);
            BeginYield(tenure);
            return (granted, _tenure is null);
        }
    }
}
