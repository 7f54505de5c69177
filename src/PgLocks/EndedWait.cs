namespace PgLocks;

/// <summary>What is left of a wait that ended with a lease. Not the wait itself: through its continuation that would keep the caller's lease alive, also one that was abandoned.</summary>
internal sealed class EndedWait(WaitCauses causes, long waited, WaitClock clock)
{
    internal WaitCauses Causes => causes;

    /// <summary>How long it waited.</summary>
    internal long Waited => waited;

    /// <summary>How long of that for this.</summary>
    internal long SpentOn(WaitPart part) => clock.SpentOn(part);
}
