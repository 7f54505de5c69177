using System.Reflection;

namespace PgLocks;

/// <summary>How one provider behaves. Every value is checked at start, alone and against the others.</summary>
public sealed class PgLocksOptions
{
    private TimeSpan? _lockDelay;

    /// <summary>Where the locks live: an Npgsql connection string to a primary server, not through a transaction pooler.</summary>
    /// <value>Required. Use <c>SSL Mode=VerifyFull</c> on a network that is not yours alone.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>The lock space: instances of one space share locks, those of different spaces never meet.</summary>
    /// <value>The name of a row of <c>pglocks.spaces</c>; default <c>default</c>.</value>
    public string Space { get; set; } = "default";

    /// <summary>How long an acquire waits when it is given no timeout of its own.</summary>
    /// <value>Zero to <see cref="int.MaxValue"/> ms, or <see cref="Timeout.InfiniteTimeSpan"/>; default 5 s.</value>
    public TimeSpan AcquireTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What becomes of a slot that nobody in the process wants any more.</summary>
    /// <value>Default <see cref="Retention.Adaptive"/>.</value>
    public Retention Retention { get; set; } = Retention.Adaptive;

    /// <summary>How often a session that owns slots proves to be alive.</summary>
    /// <value>50 ms up to a third of <see cref="LeaseDuration"/>; default 1 s.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after the last answered heartbeat was sent this process may still grant; then all its leases are lost.</summary>
    /// <value>Three heartbeats up to 10 minutes; default 3 s.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the server lets a session of this process be silent before it ends it.</summary>
    /// <value>At least <see cref="LeaseDuration"/> + 0.5 s; default 5 s.</value>
    public TimeSpan ServerLeaseDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a new owner waits before it grants when the last one died owning, so that what the dead one granted has ended.</summary>
    /// <value><see cref="LeaseDuration"/> to 10 minutes; default <see cref="LeaseDuration"/> + 0.5 s.</value>
    public TimeSpan LockDelay { get => _lockDelay ?? Timeouts.Sum(LeaseDuration, TimeSpan.FromSeconds(0.5)); set => _lockDelay = value; }

    /// <summary>Whether a new owner waits <see cref="LockDelay"/> after an unclean loss.</summary>
    /// <value>
    /// Default <see langword="true"/>. With <see langword="false"/> two processes can be in a critical section at once after a session was
    /// ended or the server restarted: turn it off only if every piece of work under a lock calls <see cref="LockLease.FenceAsync"/>.
    /// </value>
    public bool UnfencedDelay { get; set; } = true;

    /// <summary>For how long after gaining a slot its own callers may go on once another process has asked for it.</summary>
    /// <value>0 to 1 s; default 2 ms. Larger favours throughput, smaller favours the processes that wait.</value>
    public TimeSpan Quantum { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How many slots this process waits for at the server at once, each on a connection of its own; beyond it the wait is polled.</summary>
    /// <value>1 to 256; default 16.</value>
    public int MaxWaitSessions { get; set; } = 16;

    /// <summary>From which age on a hold is shown in <c>pglocks.held_locks</c> and recorded as an event.</summary>
    /// <value>10 ms to 1 day; default 1 s.</value>
    public TimeSpan LongHoldThreshold { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often counts and histograms are written to the server.</summary>
    /// <value>100 ms to 10 minutes, or <see cref="Timeout.InfiniteTimeSpan"/> to write only at shutdown; default 1 s.</value>
    public TimeSpan TelemetryInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The name under which the sessions of this process are seen in <c>pg_stat_activity</c>.</summary>
    /// <value>1 to 40 printable characters; default the entry assembly's name.</value>
    public string ApplicationName { get; set; } = Assembly.GetEntryAssembly()?.GetName().Name ?? "dotnet";

    /// <summary>Whether a pooler in session mode may stand between. One in transaction mode, under which locks exclude nobody, is refused at start, and by every heartbeat that another backend answers.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool AllowSessionPooler { get; set; }

    /// <summary>Whether the schema is created or updated at start; the role then needs the right to do so.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool MigrateOnStart { get; set; }

    /// <summary>Whether activities of waits bear the hotkey and the pair, as <c>pglocks.hotkey</c> and <c>pglocks.pair</c>.</summary>
    /// <value>Default <see langword="false"/>: traces often go to places where hotkeys should not. Metrics never have them.</value>
    public bool TraceHotkeys { get; set; }

    /// <summary>Whether only keys are locked whose miner and trade pair are registered and not retired; others get an <see cref="UnregisteredKeyException"/>.</summary>
    /// <value>
    /// Default <see langword="false"/>: what is used is registered. With <see langword="true"/> whatever was registered or retired counts within a
    /// <see cref="HeartbeatInterval"/>; leases that are held then end as always.
    /// </value>
    public bool RequireRegistered { get; set; }

    /// <summary>Whether an acquire inside another one against the common order, by slot and then by key, throws <see cref="LockOrderException"/>.</summary>
    /// <value>Default <see langword="false"/>: the check costs a look-up per acquire.</value>
    public bool LockOrderChecks { get; set; }
}
