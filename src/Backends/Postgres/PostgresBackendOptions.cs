using PgLocks.Backends.Postgres;

namespace PgLocks.Backends;

/// <summary>How the providers on PostgreSQL behave.</summary>
public sealed class PostgresBackendOptions : BackendOptions
{
    /// <summary>Where the locks live: an Npgsql connection string to a primary server with the schema of PgLocks, not through a transaction pooler.</summary>
    /// <value>Required.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>The lock space.</summary>
    /// <value>The name of a row of <c>pglocks.spaces</c>; default <c>default</c>.</value>
    public string Space { get; set; } = "default";

    /// <summary>How long a new holder of a slot waits before it goes on when the last one died holding. The longest of all providers of the space counts.</summary>
    /// <value>Zero to 10 minutes; default 3.5 s, as of <see cref="PgLocksOptions.LockDelay"/>.</value>
    public TimeSpan LockDelay { get; set; } = TimeSpan.FromSeconds(3.5);

    /// <summary>How many server sessions this process opens at most. Each lease and each waiter needs one.</summary>
    /// <value>1 to 1,000; default 64.</value>
    public int MaxSessions { get; set; } = 64;

    internal override string Place => SpaceOf.Describe("slots", ConnectionString, Space);

    internal override IEnumerable<string> Problems()
    {
        foreach (string problem in base.Problems())
            yield return problem;
        if (LockDelay < TimeSpan.Zero || LockDelay > TimeSpan.FromMinutes(10))
            yield return $"LockDelay is 0 s to 10 minutes, but was {LockDelay}.";
        if (MaxSessions is < 1 or > 1000)
            yield return $"MaxSessions is 1 to 1,000, but was {MaxSessions}.";
    }
}
