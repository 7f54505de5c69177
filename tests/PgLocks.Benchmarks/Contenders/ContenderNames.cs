using PgLocks.Benchmarks.Worker;

namespace PgLocks.Benchmarks.Contenders;

/// <summary>The contenders by the names of <c>--contenders</c>.</summary>
internal static class ContenderNames
{
    internal const string Adaptive = "adaptive";
    internal const string AdaptiveLargePool = "adaptive-4096";
    internal const string Off = "off";
    internal const string Raw = "raw";
    internal const string MedallionPostgres = "dl-postgres";
    internal const string MedallionRedis = "dl-redis";

    internal static readonly string[] All = [Adaptive, AdaptiveLargePool, Off, Raw, MedallionPostgres, MedallionRedis];

    /// <summary>Those that PgLocks is measured against; raw Npgsql is a limit and no lock that one would use.</summary>
    internal static readonly string[] Peers = [MedallionPostgres, MedallionRedis];

    internal static string Title(string name) => name switch
    {
        Adaptive => "PgLocks Adaptive",
        AdaptiveLargePool => "PgLocks Adaptive, pool 4,096",
        Off => "PgLocks Off",
        Raw => "raw Npgsql",
        MedallionPostgres => "DistributedLock.Postgres",
        MedallionRedis => "DistributedLock.Redis",
        _ => name,
    };

    internal static bool IsPgLocks(string name) => name is Adaptive or AdaptiveLargePool or Off;

    internal static Contender Create(RunSpec spec) => spec.Contender switch
    {
        Adaptive => new PgLocksContender(spec.Postgres, Retention.Adaptive, "default"),
        AdaptiveLargePool => new PgLocksContender(spec.Postgres, Retention.Adaptive, RunSpec.LargeSpace),
        Off => new PgLocksContender(spec.Postgres, Retention.Off, "default"),
        Raw => new RawNpgsqlContender(spec.Postgres),
        MedallionPostgres => new MedallionPostgresContender(spec.Postgres),
        MedallionRedis => new MedallionRedisContender(spec.Redis ?? throw new InvalidOperationException("no Redis server was started")),
        _ => throw new ArgumentException($"'{spec.Contender}' is no contender."),
    };
}
