namespace PgLocks.FaultTests;

/// <summary>One fault that was injected; times are on the machine's monotonic clock.</summary>
internal sealed class Injection(string fault, int? seat, int? worker)
{
    public string Fault { get; } = fault;

    /// <summary>Whom it hit; null when it hit all.</summary>
    public int? Seat { get; } = seat;

    /// <summary>The worker that sat there then.</summary>
    public int? Worker { get; } = worker;

    public long StartedAt { get; private set; }

    public long EndedAt { get; private set; }

    /// <summary>From when on every seat has incremented again.</summary>
    public long? RecoveredAt { get; set; }

    /// <summary>When a frozen process' home session was gone from the server.</summary>
    public long? SessionGoneAt { get; set; }

    /// <summary>The moment that recovery is counted from. A fault calls it as late as it can.</summary>
    public void Start() => StartedAt = TimeProvider.System.GetTimestamp();

    public void End() => EndedAt = TimeProvider.System.GetTimestamp();
}
