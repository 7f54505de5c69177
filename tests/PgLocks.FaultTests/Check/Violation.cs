namespace PgLocks.FaultTests.Check;

/// <summary>Something that must hold whatever happens, and did not.</summary>
/// <param name="Invariant">I1 to I7 of the protocol, or "process" for one that ended by itself.</param>
/// <param name="What">In a sentence.</param>
/// <param name="Key">Index of the key; -1 if it is about none.</param>
/// <param name="At">When, on the machine's monotonic clock; 0 if at no one moment.</param>
internal sealed record Violation(string Invariant, string What, int Key = -1, long At = 0);
