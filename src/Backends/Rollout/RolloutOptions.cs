using PgLocks.Backends.Rollout;
using PgLocks.Hosting;

namespace PgLocks.Backends;

/// <summary>How a <see cref="RolloutLockProvider"/> behaves. Every process of the space gives the same two sides.</summary>
public sealed class RolloutOptions : BackendOptions
{
    /// <summary>Where the state of the rollout is: an Npgsql connection string to a primary server with the schema of PgLocks, not through a transaction pooler.</summary>
    /// <value>Required.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>The lock space whose rollout this is.</summary>
    /// <value>The name of a row of <c>pglocks.spaces</c>; default <c>default</c>.</value>
    public string Space { get; set; } = "default";

    /// <summary>How this process is called in <c>pglocks rollout status</c>.</summary>
    /// <value>1 to 40 printable characters; default as of <see cref="PgLocksOptions.ApplicationName"/>.</value>
    public string ApplicationName { get; set; } = new PgLocksOptions().ApplicationName;

    /// <summary>Which locks the old side is: two processes that name different ones are not started together.</summary>
    /// <value>Up to 200 characters; default: what the provider tells of its kind and place. Required for a provider that is not of PgLocks.</value>
    public string OldSide { get; set; } = "";

    /// <summary>Which locks the new side is.</summary>
    /// <value>As <see cref="OldSide"/>.</value>
    public string NewSide { get; set; } = "";

    /// <summary>How often this process reads the state and tells how far it is.</summary>
    /// <value>50 ms up to a third of <see cref="LeaseDuration"/>; default 1 s.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after the last answered heartbeat was sent this process may still grant; then all its leases are lost.</summary>
    /// <value>150 ms to 10 minutes; default 3 s.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the server lets the session of this process be silent before it ends it: a frozen process then no longer holds the rollout up.</summary>
    /// <value>At least <see cref="LeaseDuration"/> + 0.5 s; default 5 s.</value>
    public TimeSpan ServerLeaseDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the figures of both sides are written for <c>pglocks rollout compare</c>.</summary>
    /// <value>100 ms to 10 minutes, or <see cref="Timeout.InfiniteTimeSpan"/> for never; default 5 s.</value>
    public TimeSpan TelemetryInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The session is made and kept as one of an instance is.</summary>
    internal PgLocksOptions Core => new()
    {
        ConnectionString = ConnectionString, Space = Space, ApplicationName = ApplicationName, AcquireTimeout = AcquireTimeout, HeartbeatInterval = HeartbeatInterval,
        LeaseDuration = LeaseDuration, ServerLeaseDuration = ServerLeaseDuration, TelemetryInterval = TelemetryInterval,
    };

    internal override IEnumerable<string> Problems() => OptionRules.Problems(Core).Concat(SideName.Problems(OldSide, NewSide));
}
