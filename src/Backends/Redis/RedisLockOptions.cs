using StackExchange.Redis;

namespace PgLocks.Backends;

/// <summary>How a <see cref="RedisLockProvider"/> behaves.</summary>
public sealed class RedisLockOptions : BackendOptions
{
    /// <summary>The server, as StackExchange.Redis understands it: <c>host:port,password=…</c>.</summary>
    /// <value>Required.</value>
    public string Configuration { get; set; } = "";

    /// <summary>After which time without an extension the server forgets a lock. DistributedLock extends held ones in the background.</summary>
    /// <value>100 ms to 1 hour; default 30 s.</value>
    public TimeSpan Expiry { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What the names of all keys in Redis begin with.</summary>
    /// <value>Default <c>pglocks:</c>.</value>
    public string Prefix { get; set; } = "pglocks:";

    internal override string Place => $"redis {string.Join(',', ConfigurationOptions.Parse(Configuration).EndPoints)} {Prefix}*";

    internal override IEnumerable<string> Problems()
    {
        foreach (string problem in base.Problems())
            yield return problem;
        if (string.IsNullOrWhiteSpace(Configuration))
            yield return "Configuration is empty. Give one like 'localhost:6379'.";
        if (Expiry < TimeSpan.FromMilliseconds(100) || Expiry > TimeSpan.FromHours(1))
            yield return $"Expiry is 100 ms to 1 hour, but was {Expiry}.";
    }
}
