namespace PgLocks.Registry;

/// <summary>Every statement of the registry.</summary>
internal static class RegistrySql
{
    /// <summary>A key's row with those that it refers to. Sorted, so that two instances that register the same keys cannot wait for each other in a circle.</summary>
    internal const string AddMiners = """
        INSERT INTO pglocks.miners (hotkey, registered_at)
        SELECT DISTINCT hotkey COLLATE "C", $2::timestamptz FROM pg_catalog.unnest($1::text[]) AS k (hotkey) ORDER BY 1
        ON CONFLICT (hotkey) DO NOTHING
        """;

    internal const string AddPairs = """
        INSERT INTO pglocks.trade_pairs (trade_pair_id, registered_at)
        SELECT DISTINCT pair COLLATE "C", $2::timestamptz FROM pg_catalog.unnest($1::text[]) AS k (pair) ORDER BY 1
        ON CONFLICT (trade_pair_id) DO NOTHING
        """;

    internal const string AddKeys = """
        INSERT INTO pglocks.position_keys AS p (class_id, miner_id, trade_pair_id, slot, first_seen_at, last_seen_at)
        SELECT DISTINCT $1::int4, m.miner_id, k.pair COLLATE "C", k.slot, $5::timestamptz, $5::timestamptz
          FROM ROWS FROM (pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[]), pg_catalog.unnest($4::int4[])) AS k (hotkey, pair, slot)
          JOIN pglocks.miners AS m USING (hotkey)
         ORDER BY 2, 3
        ON CONFLICT (class_id, miner_id, trade_pair_id) DO UPDATE SET last_seen_at = greatest(p.last_seen_at, excluded.last_seen_at)
        """;

    internal const string KeyIds = """
        SELECT p.key_id
          FROM ROWS FROM (pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[])) WITH ORDINALITY AS k (hotkey, pair, n)
          JOIN pglocks.miners AS m USING (hotkey)
          JOIN pglocks.position_keys AS p ON p.class_id = $1 AND p.miner_id = m.miner_id AND p.trade_pair_id = k.pair
         ORDER BY k.n
        """;

    internal const string AddUsers = """
        INSERT INTO pglocks.key_users (key_id, instance_id)
        SELECT p.key_id, $4
          FROM ROWS FROM (pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::text[])) AS k (hotkey, pair)
          JOIN pglocks.miners AS m USING (hotkey)
          JOIN pglocks.position_keys AS p ON p.class_id = $1 AND p.miner_id = m.miner_id AND p.trade_pair_id = k.pair
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Those of the keys that no other live instance uses, while one uses another key of the slot.</summary>
    internal const string CollidingOnly = """
        WITH others AS (
            SELECT u.key_id
              FROM pglocks.key_users AS u
              JOIN pglocks.instances AS i USING (instance_id)
             WHERE u.instance_id <> $2 AND i.closed_at IS NULL AND i.last_seen_at > pg_catalog.now() - interval '1 minute')
        SELECT k.key_id
          FROM pglocks.position_keys AS k
         WHERE k.key_id = ANY ($1)
           AND NOT EXISTS (SELECT FROM others AS o WHERE o.key_id = k.key_id)
           AND EXISTS (SELECT FROM others AS o JOIN pglocks.position_keys AS p USING (key_id) WHERE p.class_id = k.class_id AND p.slot = k.slot)
        """;

    internal const string Changes = "SELECT number FROM pglocks.registry_changes";

    internal const string Miners = "SELECT hotkey, deregistered_at IS NULL FROM pglocks.miners";

    internal const string Pairs = "SELECT trade_pair_id, retired_at IS NULL FROM pglocks.trade_pairs";

    internal const string AddInstance = """
        INSERT INTO pglocks.instances (instance_id, class_id, application, host, pid, version, started_at, last_seen_at, long_hold_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
        """;

    internal const string CloseInstance = "UPDATE pglocks.instances SET closed_at = $2, last_seen_at = $2 WHERE instance_id = $1";

    /// <summary>What an instance that is gone can no longer keep current.</summary>
    internal const string ForgetHeld = "DELETE FROM pglocks.held_locks WHERE instance_id = $1";

    internal const string ForgetUser = "DELETE FROM pglocks.key_users WHERE instance_id = $1";

    /// <summary>What instances that died could not remove.</summary>
    internal const string ForgetDeadUsers = """
        DELETE FROM pglocks.key_users AS u USING pglocks.instances AS i
         WHERE i.instance_id = u.instance_id AND i.last_seen_at < pg_catalog.now() - interval '1 hour'
        """;

    internal const string ForgetSessions = "DELETE FROM pglocks.sessions WHERE instance_id = $1";

    internal const string ForgetDead = """
        DELETE FROM pglocks.sessions AS s
         WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = s.backend_pid)
        """;

    internal const string AddSession = """
        INSERT INTO pglocks.sessions (backend_pid, backend_start, instance_id, role, opened_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (backend_pid, backend_start) DO NOTHING
        """;
}
