using PgLocks.Postgres;

namespace PgLocks.Backends.Postgres;

/// <summary>Statements that only this package needs; those of the slots are the core's.</summary>
internal static class BackendSql
{
    /// <summary>As the core's draw of a gain, and whether the server is younger than $2 seconds: it may then have forgotten owners that live.</summary>
    internal static readonly string DrawGain = $"""
        SELECT {Sql.Gained("$1")},
               pg_catalog.clock_timestamp() < greatest(pg_catalog.pg_postmaster_start_time(), (SELECT stats_reset FROM pg_catalog.pg_stat_wal)) + pg_catalog.make_interval(secs => $2)
        """;

    internal const string DrawRelease = "SELECT CASE WHEN pg_catalog.pg_sequence_last_value($1::regclass) = $2 THEN pg_catalog.nextval($1::regclass) END";

    internal const string ReleaseAll = "SELECT pg_catalog.pg_advisory_unlock_all()";

    /// <summary>A key's lock and its number, if nobody has it; numbers of a space of its own have no parity to keep.</summary>
    internal const string TryKey = "SELECT CASE WHEN pg_catalog.pg_try_advisory_lock($1::int8) THEN pg_catalog.nextval($2::regclass) END";

    internal const string WaitForKey = "SELECT pg_catalog.pg_advisory_lock($1::int8)";

    internal const string WaitForSlot = "SELECT pg_catalog.pg_advisory_lock($1, $2)";

    internal const string DrawKey = "SELECT pg_catalog.nextval($1::regclass)";

    internal const string ReleaseKey = "SELECT pg_catalog.pg_advisory_unlock($1::int8)";
}
