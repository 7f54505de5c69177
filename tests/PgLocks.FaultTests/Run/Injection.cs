using PgLocks.FaultTests.Faults;

namespace PgLocks.FaultTests;

/// <summary>One fault that was injected; times are on the machine's monotonic clock.</summary>
internal sealed class Injection(Fault kind, int? seat, int? worker)
{
    public string Fault => kind.Name;

    /// <summary>Whom it hit; null when it hit all.</summary>
    public int? Seat { get; } = seat;

    /// <summary>The worker that sat there then.</summary>
    public int? Worker { get; } = worker;

    /// <summary>When its preparation began.</summary>
    public long PreparedAt { get; } = TimeProvider.System.GetTimestamp();

    public long StartedAt { get; private set; }

    public long EndedAt { get; private set; }

    /// <summary>From when on every seat that no other fault was at has incremented again.</summary>
    public long? RecoveredAt { get; set; }

    /// <summary>When a frozen process' home session was gone from the server.</summary>
    public long? SessionGoneAt { get; set; }

    /// <summary>The moment that recovery is counted from. A fault calls it as late as it can.</summary>
    public void Start() => StartedAt = TimeProvider.System.GetTimestamp();

    public void End() => EndedAt = TimeProvider.System.GetTimestamp();
}
