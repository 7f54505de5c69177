using PgLocks.Backends.Postgres;

namespace PgLocks.Backends;

/// <summary>How a <see cref="LocalCacheLockProvider"/> behaves.</summary>
public sealed class LocalCacheOptions : BackendOptions
{
    /// <summary>Where the locks live: an Npgsql connection string to a primary server with the schema of PgLocks, not through a transaction pooler.</summary>
    /// <value>Required.</value>
    public string ConnectionString { get; set; } = "";

    /// <summary>The lock space whose sequences count the holds. Nothing else may use it: make it with <c>SELECT pglocks.create_space('local_cache')</c>.</summary>
    /// <value>The name of a row of <c>pglocks.spaces</c>, not <c>default</c>; default <c>local_cache</c>.</value>
    public string Space { get; set; } = "local_cache";

    /// <summary>How many server sessions this process opens at most. Each lease and each waiter needs one.</summary>
    /// <value>1 to 1,000; default 64.</value>
    public int MaxSessions { get; set; } = 64;

    internal override string Place => SpaceOf.Describe("keys", ConnectionString, Space);

    internal override IEnumerable<string> Problems()
    {
        foreach (string problem in base.Problems())
            yield return problem;
        if (Space == "default")
            yield return "Space is 'default', whose numbers tell native instances how a slot's last owner ended. Make another: SELECT pglocks.create_space('local_cache').";
        if (MaxSessions is < 1 or > 1000)
            yield return $"MaxSessions is 1 to 1,000, but was {MaxSessions}.";
    }
}
