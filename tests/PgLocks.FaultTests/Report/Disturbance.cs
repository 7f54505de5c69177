using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Report;

/// <summary>Which injections others ran into: a recovery time tells something of its own fault only where nothing else was at work.</summary>
internal sealed class Disturbance(IReadOnlyList<Injection> injections)
{
    /// <summary>What a fault can leave behind once everybody works again: a lock delay that still runs.</summary>
    private static readonly TimeSpan Wake = Times.LockDelay;

    /// <summary>Nothing hit the same seat, or everybody, at the same time.</summary>
    internal IReadOnlyList<Injection> Undisturbed { get; } = [.. injections.Where(injection => !injections.Any(other => Overlap(other, injection) && (other.Seat ?? injection.Seat) == (injection.Seat ?? other.Seat)))];

    /// <summary>Nothing hit anybody at the same time.</summary>
    internal IReadOnlyList<Injection> Alone { get; } = [.. injections.Where(injection => !injections.Any(other => Overlap(other, injection)))];

    private static bool Overlap(Injection other, Injection injection) =>
        other != injection && other.PreparedAt <= End(injection) && Times.Milliseconds(End(other), injection.PreparedAt) < Wake.TotalMilliseconds;

    private static long End(Injection injection) => injection.RecoveredAt ?? injection.EndedAt;
}
