namespace PgLocks.FaultTests.Faults;

/// <summary>What of a seat a fault is done to. Two faults hit a seat at once only in different aspects.</summary>
internal enum Aspect
{
    /// <summary>All of it: the fault is alone on its seat.</summary>
    All,

    /// <summary>The process.</summary>
    Process,

    /// <summary>Its sessions, by the server.</summary>
    Sessions,

    /// <summary>The network between its lock sessions and the server.</summary>
    Network,
}
