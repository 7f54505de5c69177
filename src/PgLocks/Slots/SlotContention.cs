namespace PgLocks.Slots;

/// <summary>What one slot knows of others that want it, and so for how long it may go on. Guarded by its slot's lock.</summary>
internal sealed class SlotContention(SlotPolicy policy)
{
    private long _until = long.MinValue / 2;
    private long _sharedUntil = long.MinValue / 2;
    private long _unservedUntil = long.MinValue / 2;
    private long _gainedAs;
    private bool _askedMeanwhile;

    /// <summary>Whether another asked for it last, so that it most likely is not free.</summary>
    internal bool IsElsewhere { get; private set; }

    internal void GainBegins() => _askedMeanwhile = false;

    /// <summary>Another asked. While the slot is still being gained this is remembered: the grant and the next one's request race each other.</summary>
    internal void Asked(long now, bool whileGaining)
    {
        _until = now + policy.CalmTicks;
        _unservedUntil = now + policy.UnservedTicks;
        _askedMeanwhile |= whileGaining;
        IsElsewhere = true;
        Shared(now);
    }

    /// <summary>Gained, with this number of the slot's sequence.</summary>
    /// <remarks>A release and a gain draw one number each. Two more than the last time: nobody else has owned the slot since, and who asked still waits for it.</remarks>
    internal void Gained(long number, bool afterWait, long now)
    {
        if (number != _gainedAs + 2)
            _unservedUntil = now;
        _gainedAs = number;
        IsElsewhere = _askedMeanwhile;
        if (afterWait)
            _until = now + policy.CalmTicks;
    }

    /// <summary>The slot is one that several instances use.</summary>
    internal void Shared(long now) => _sharedUntil = now + policy.ShareTicks;

    internal bool IsShared(long now) => now < _sharedUntil;

    /// <summary>When a slot gained now must stop admitting: after a quantum if others want it, else not at all.</summary>
    internal long? CloseAt(long now) => _askedMeanwhile || now < _until || now < _unservedUntil ? now + policy.Quantum : null;
}
