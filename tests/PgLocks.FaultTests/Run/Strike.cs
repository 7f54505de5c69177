using PgLocks.FaultTests.Faults;

namespace PgLocks.FaultTests;

/// <summary>What a schedule says: after a quiet time, a fault; perhaps with a second one into the same seat, begun a little later.</summary>
internal sealed record Strike(Fault Fault, int? Seat, double QuietSeconds)
{
    internal Fault? Second { get; init; }

    internal double SecondAfterSeconds { get; init; }
}
