namespace PgLocks.Slots;

/// <content>How the slots of a turn are gathered: everything is tried at once, what others own is asked for at once, and tried again.</content>
internal sealed partial class Turn
{
    /// <summary>How often a slot that another owns is tried in one turn, before its callers stand in line.</summary>
    private const int MostTries = 4;

    private readonly HashSet<int> _missing = [];
    private readonly Dictionary<int, int> _tries = [];
    private bool _isRetrying;

    /// <summary>Another owns a slot that was tried. True: the turn, or the next one, sees to it; false: it goes its own way. Called under the slot's lock.</summary>
    internal bool TryMiss(int slot)
    {
        lock (_sync)
        {
            if (_isClosed || _state == TurnState.None)
                return false;
            if (!IsOurs)
            {
                _wanted.Add(slot);
                return true;
            }
            int tries = _tries.GetValueOrDefault(slot) + 1;
            _tries[slot] = tries;
            if (tries >= MostTries)
                return false;
            _missing.Add(slot);
            if (_state == TurnState.Holding)
                RetrySoon();
            return true;
        }
    }

    /// <summary>The backend has answered a gain.</summary>
    internal void Answered(int slot)
    {
        lock (_sync)
        {
            if (_state != TurnState.Filling || !_unanswered.Remove(slot) || _unanswered.Count > 0)
                return;
            if (_missing.Count == 0)
                Hold();
            else
                RetrySoon();
        }
    }

    private void Fill()
    {
        int[] wanted;
        lock (_sync)
        {
            wanted = TakeWanted();
            _wantedAtFirst = wanted.Length;
            _tries.Clear();
            _unanswered.UnionWith(wanted);
            _unanswered.Add(_gate.Slot);
        }
        int[] tried = [.. _pool.Slots.Where(slot => slot.TryGainAhead()).Select(slot => slot.Number)];
        lock (_sync)
            _unanswered.UnionWith(tried);
        foreach (int slot in (int[])[.. wanted, .. tried])
            _pool.Backend.Gain(slot);
        Answered(_gate.Slot);
    }

    private void RetrySoon()
    {
        if (_isRetrying)
            return;
        _isRetrying = true;
        _pool.Agenda.At(_policy.Time.GetTimestamp(), AskForMissing);
    }

    private void AskForMissing()
    {
        int[] missing;
        lock (_sync)
            missing = [.. _missing];
        _pool.Backend.Ask(missing);
        _pool.Agenda.At(_policy.Time.GetTimestamp() + _policy.RetryTicks, TryMissing);
    }

    private void TryMissing()
    {
        int[] missing;
        lock (_sync)
        {
            _isRetrying = false;
            missing = [.. _missing];
            _missing.Clear();
            if (_state == TurnState.Filling)
                _unanswered.UnionWith(missing);
        }
        foreach (int slot in missing)
            _pool.Backend.Gain(slot);
    }

    private void Hold()
    {
        _state = TurnState.Holding;
        _endsAt = _policy.Time.GetTimestamp() + _policy.Quantum;
        if (_isAsked || _pool[_gate.Slot].IsAsked)
            EndInTime();
    }
}
