namespace PgLocks.Local;

/// <summary>What is left of a wait that ended with a lease. Not the wait itself: through its continuation that would keep the caller's lease alive, also one that was abandoned.</summary>
internal sealed class EndedWait(KeyLock keyLock, WaitCauses causes, long waited, WaitClock clock) : IWait
{
    public KeyLock Lock => keyLock;

    public WaitCauses Causes => causes;

    public long Waited => waited;

    public long SpentOn(WaitPart part) => clock.SpentOn(part);
}
