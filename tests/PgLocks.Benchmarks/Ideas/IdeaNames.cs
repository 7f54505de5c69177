namespace PgLocks.Benchmarks.Ideas;

/// <summary>The ideas in the order of the report, with what was claimed for each against the old way.</summary>
internal sealed record IdeaName(string Name, string Title, string? Claim)
{
    internal const string OldWay = "old-way";
    internal const string OldWayInPython = "old-way-python";
    internal const string LocalCache = "local-cache";
    internal const string HashPool = "hash-pool";
    internal const string TwoTiers = "two-tiers";
    internal const string Redis = "redis";
    internal const string Files = "files";
    internal const string Sharded = "sharded";
    internal const string Medallion = "medallion";
    internal const string Adaptive = "adaptive";

    internal static readonly IdeaName[] All =
    [
        new(OldWay, "the old way: a dictionary of locks in another process", null),
        new(OldWayInPython, "the same in Python, multiprocessing.Manager", null),
        new(LocalCache, "1 local cache, a lock a key", "40–60 %"),
        new(HashPool, "2 hash pool alone", "80–90 %"),
        new(TwoTiers, "3 two tiers with the pool (PgLocks Off)", "95 % (70–80 % without the pool)"),
        new(Redis, "4 Redis (DistributedLock.Redis)", "60–70 %"),
        new(Files, "5 lock files", "30–50 %"),
        new(Sharded, "6 sharded dictionaries", "20–30 %"),
        new(Medallion, "DistributedLock.Postgres on the same slots", null),
        new(Adaptive, "PgLocks (Adaptive)", null),
    ];
}
