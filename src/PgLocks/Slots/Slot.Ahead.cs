namespace PgLocks.Slots;

/// <content>Gains that begin before a caller waits for the slot, so that many slots cost one round trip, and their lock delays pass together.</content>
internal sealed partial class Slot
{
    internal override void GainAhead()
    {
        if (_tenure is not null || !_policy.Keeps)
            return;
        lock (_sync)
        {
            // What others use too is the turn's to gain.
            if (!IsShared(Now) && TryBeginAhead())
                _pool.Backend.Gain(Number);
        }
    }

    /// <summary>The turn begins: a shared slot that nobody here wants yet is about to be tried.</summary>
    internal bool TryGainAhead()
    {
        lock (_sync)
            return IsShared(Now) && TryBeginAhead();
    }

    /// <summary>It was lost, and nobody waits for it: its lock delay might as well begin. Whoever wants it next would wait all of it, and one slot after the other.</summary>
    private void GainAgain()
    {
        if (_state == SlotState.Lost && TakesTurns && TryBeginAhead())
            _pool.Backend.Gain(Number);
    }

    private bool TryBeginAhead()
    {
        if (_state is not (SlotState.None or SlotState.Lost) || _pool.IsClosed)
            return false;
        BeginGain();
        NotePosted(isDeferred: false);
        return true;
    }
}
