namespace PgLocks.Slots;

/// <content>What its callers wait for, for their clocks. All under the slot's lock.</content>
internal sealed partial class Slot
{
    private void NotePosted(bool isDeferred) => _waiters.WaitFor(isDeferred ? WaitPart.Yield : WaitPart.Session, Now);

    /// <summary>Another owns it: from now on a session stands in line, or the turn tries again.</summary>
    private void NoteBlocked(long sentAt, long now)
    {
        if (_blocked)
            return;
        _waiters.WaitFor(WaitPart.Server, sentAt);
        _waiters.WaitFor(WaitPart.Session, now);
    }

    /// <summary>The owner that was waited for had a quantum to yield; what it took longer was somebody's work, or a dead one's lock delay.</summary>
    private void NoteGained(long sentAt, long now, bool isDelayed)
    {
        if (_blocked)
        {
            _waiters.WaitFor(WaitPart.Yield, sentAt);
            _waiters.WaitFor(WaitPart.Owner, Math.Min(sentAt + _policy.Quantum, now));
        }
        else
        {
            _waiters.WaitFor(WaitPart.Server, sentAt);
        }
        if (isDelayed)
            _waiters.WaitFor(WaitPart.Owner, now);
    }

    /// <summary>It is being yielded: a lease on another key may hold that up.</summary>
    private void NoteYielding(Local.PendingAcquire pending, SlotTenure held)
    {
        if (held.Count > CountOfOwnKey(pending))
            pending.Causes |= WaitCauses.Slot;
        pending.WaitFor(held.Count > CountOfOwnKey(pending) ? WaitPart.Slot : WaitPart.Yield, Now);
    }
}
