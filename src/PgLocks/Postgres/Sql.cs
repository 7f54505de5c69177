namespace PgLocks.Postgres;

/// <summary>Every statement of the lock path, in one place. Locks are always the pair <c>(class_id, slot)</c>.</summary>
internal static class Sql
{
    /// <summary>
    /// Tries slots and draws their numbers, in the order given: null where another owns it, negative where the drawn number was even, that is,
    /// where the last owner died owning. The CASE guards the draw. The class is $1, the slots are the parameter of that number, and their sequences
    /// the next: arrays, or one slot and its sequence; and so in the two others.
    /// </summary>
    internal static string TryGain(int slots, bool isOne) => $"""
        SELECT CASE WHEN pg_catalog.pg_try_advisory_lock($1, s.slot) THEN {Gained("s.sequence")} END
          {From(slots, isOne)}
        """;

    /// <summary>Draws, then releases: a session that dies between the two leaves a lock that is released by its end. 1, or 0 when the session did not own it.</summary>
    internal static string Release(int slots, bool isOne) => $"""
        SELECT CASE WHEN pg_catalog.nextval(s.sequence::regclass) > 0 THEN pg_catalog.pg_advisory_unlock($1, s.slot)::int4::int8 END
          {From(slots, isOne)}
        """;

    internal static string DrawTwo(int slots, bool isOne) => $"""
        SELECT CASE WHEN pg_catalog.nextval(s.sequence::regclass) > 0 THEN pg_catalog.nextval(s.sequence::regclass) END
          {From(slots, isOne)}
        """;

    /// <summary>A gain's draw: the number, or, if it is even, the next one, made negative. <c>currval</c> is what the session itself drew last.</summary>
    internal static string Gained(string sequence) =>
        $"CASE WHEN {Next(sequence)} % 2 = 0 THEN - {Next(sequence)} ELSE pg_catalog.currval({sequence}::regclass) END";

    private static string Next(string sequence) => $"pg_catalog.nextval({sequence}::regclass)";

    private static string From(int slots, bool isOne) => isOne
        ? FormattableString.Invariant($"FROM (VALUES (${slots}::int4, ${slots + 1}::oid)) AS s (slot, sequence)")
        : FormattableString.Invariant($"FROM ROWS FROM (pg_catalog.unnest(${slots}::int4[]), pg_catalog.unnest(${slots + 1}::oid[])) AS s (slot, sequence)");

    /// <summary>The draw of a gain, as in <see cref="TryGain"/>.</summary>
    internal static readonly string DrawGain = $"SELECT {Gained("$1")}";

    /// <summary>The wait, and then the same. It has no value to test, but its text is not null.</summary>
    internal static readonly string WaitAndDraw = $"SELECT CASE WHEN pg_catalog.pg_advisory_lock($2, $3)::text IS NOT NULL THEN {Gained("$1")} END";

    /// <summary>A gain as in <see cref="TryGain"/> of one slot; where another owns it, a yield request, and null: no text is null, so that the CASE falls through.</summary>
    internal static readonly string TryOrAsk =
        $"SELECT CASE WHEN pg_catalog.pg_try_advisory_lock($2, $3) THEN {Gained("$1")} WHEN pg_catalog.pg_notify($4, $5)::text IS NULL THEN 0 END";

    /// <summary>On an ordinary session: the commit of a notification holds a lock of the whole cluster, so it must not wait for the disk.</summary>
    internal const string NotifyAtOnce = "SELECT pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.pg_notify($1, $2)";

    /// <summary>After a failover the pid alone may be a stranger's.</summary>
    internal const string CancelBackend = "SELECT pg_catalog.pg_cancel_backend(a.pid) FROM pg_catalog.pg_stat_get_activity($1) AS a WHERE a.backend_start = $2";

    /// <summary>Whoever answers must be the backend that holds the locks: behind a pooler in transaction mode it can be any.</summary>
    internal const string Heartbeat = "SELECT pg_catalog.pg_backend_pid()";

    internal const string HoldsSlot = """
        SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
                        WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() AND granted
                          AND classid = $1::int8::oid AND objid = $2::int8::oid AND objsubid = 2)
        """;

    /// <summary>Marks the space as in use: shared by all its instances, and wanted exclusively by whoever changes the space.</summary>
    internal const string MarkLive = "SELECT pg_catalog.pg_try_advisory_lock_shared($1, -1) AND pg_catalog.pg_try_advisory_lock_shared($1, -$2)";

    /// <summary>
    /// The pool size of live instances that disagree with ours: each marks its own as (class_id, -size), which is seen here as an oid. Whoever
    /// starts marks first and looks then, so of two that start at once at least one sees the other.
    /// </summary>
    internal const string OtherPoolSize = """
        SELECT min(4294967296 - l.objid::int8)
          FROM pg_catalog.pg_locks AS l
         WHERE l.locktype = 'advisory' AND l.classid = $1::int8::oid AND l.objsubid = 2
           AND l.objid::int8 BETWEEN 4294967296 - 4096 AND 4294967296 - 16 AND l.objid::int8 <> 4294967296 - $2
           AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        """;

    internal const string SessionSettings = """
        SELECT pg_catalog.set_config(name, setting, false)
          FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS s (name, setting)
        """;

    /// <summary>Who is at the other end. A server that was started, or that recovered from a crash (its counters begin anew), is young.</summary>
    internal const string Server = """
        SELECT pg_catalog.pg_backend_pid(),
               a.backend_start,
               pg_catalog.pg_is_in_recovery(),
               (SELECT system_identifier FROM pg_catalog.pg_control_system()),
               extract(epoch FROM pg_catalog.clock_timestamp()
                 - greatest(pg_catalog.pg_postmaster_start_time(), (SELECT stats_reset FROM pg_catalog.pg_stat_wal)))::float8,
               pg_catalog.current_setting('server_version_num')::int4,
               pg_catalog.current_setting('server_encoding'),
               pg_catalog.concat_ws(' ', pg_catalog.pg_postmaster_start_time(), (SELECT stats_reset FROM pg_catalog.pg_stat_wal))
          FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) AS a
        """;

    internal const string SchemaExists = "SELECT pg_catalog.to_regclass('pglocks.schema_versions') IS NOT NULL";

    internal const string SchemaVersion = "SELECT max(version) FROM pglocks.schema_versions";

    internal const string Space = """
        SELECT class_id, pool_size, hash_version, pglocks.is_adopted(s), pglocks.current_timeline()
          FROM pglocks.spaces AS s WHERE name = $1
        """;

    internal const string SpaceNames = "SELECT coalesce(string_agg(name, ', ' ORDER BY name), 'none') FROM pglocks.spaces";

    /// <summary>For a session whose statements must each reach the disk, whatever the role's default is.</summary>
    internal const string CommitSynchronously = "SELECT pg_catalog.set_config('synchronous_commit', 'local', false)";

    /// <summary>Before anybody draws on a server that may have lost draws.</summary>
    internal const string AdoptServer = "SELECT pglocks.adopt_server($1)";

    /// <summary>The sequences of the space's slots, by slot; missing ones are null.</summary>
    internal const string Sequences = """
        SELECT pg_catalog.to_regclass('pglocks.slot_' || $1::int4 || '_' || n)::oid
          FROM pg_catalog.generate_series(0, $2::int4) AS n ORDER BY n
        """;

    /// <summary>Slots of ours for which others wait. Reading pg_locks locks every partition of it: at most once a heartbeat.</summary>
    internal const string ForeignWaiters = """
        SELECT DISTINCT w.objid::int8::int4
          FROM pg_catalog.pg_locks AS w
         WHERE w.locktype = 'advisory' AND NOT w.granted AND w.classid = $1::int8::oid AND w.objsubid = 2 AND w.objid::int8 <= $2
           AND w.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        """;

    /// <summary>Who owns slots that we wait for, for messages.</summary>
    internal const string Holders = """
        SELECT slot, coalesce(application || '@' || host || ' (pid ' || pid || ')', application, 'backend ' || backend_pid), hotkey, pair,
               extract(epoch FROM hold_age)::float8
          FROM pglocks.current_holders
         WHERE space = $1 AND slot = ANY ($2)
         ORDER BY acquired_at NULLS LAST
        """;

    internal const string Fence = "SELECT pglocks.fence($1, $2, $3)";

    internal const string Savepoint = "SAVEPOINT pglocks_wait";

    internal const string ReleaseSavepoint = "RELEASE SAVEPOINT pglocks_wait";

    internal const string RollbackToSavepoint = "ROLLBACK TO SAVEPOINT pglocks_wait";

    /// <summary>Instead of a number: another owns the slot.</summary>
    internal const long NotLocked = 0;

    /// <summary>Instead of a number: the slot's last owner died owning, or may have.</summary>
    internal const long DiedOwning = -1;

    /// <summary>Instead of a number: the server may have lost numbers, and no session has moved the sequences beyond them yet.</summary>
    internal const long NotAdopted = -2;

    /// <summary>
    /// One try, one wait or the grant after an owner that died, in the caller's transaction. The server may be a young one of which home has not heard
    /// yet; one whose clock was set back since counts as old, as it would be young for as long as that.
    /// </summary>
    internal const string GainTransactionLock = """
        SELECT pglocks.gain_xact_lock($1, $2, $3, $4 OR pg_catalog.clock_timestamp() - pglocks.server_recovered_at() BETWEEN interval '0' AND $7, $5, $6)
        """;

    /// <summary>What it does about the lock of an owner that died.</summary>
    internal const string Undo = "undo";

    /// <inheritdoc cref="Undo"/>
    internal const string Keep = "keep";

    /// <inheritdoc cref="Undo"/>
    internal const string Grant = "grant";
}
