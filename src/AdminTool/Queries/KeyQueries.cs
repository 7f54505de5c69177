using Npgsql;
using PgLocks.AdminTool.Import;

namespace PgLocks.AdminTool.Queries;

/// <summary>Keys: listed, written, removed.</summary>
internal static class KeyQueries
{
    public static Task<IReadOnlyList<Registered>> ListAsync(NpgsqlConnection connection, Space space, bool all, CancellationToken cancellationToken) =>
        connection.ListAsync<Registered>(
            """
            SELECT m.hotkey, k.trade_pair_id AS pair, k.slot, k.first_seen_at AS registered_at, k.last_seen_at,
                   least(m.deregistered_at, p.retired_at) AS retired_at
            FROM pglocks.position_keys k JOIN pglocks.miners m USING (miner_id) JOIN pglocks.trade_pairs p USING (trade_pair_id)
            WHERE k.class_id = @ClassId AND (@all OR (m.deregistered_at IS NULL AND p.retired_at IS NULL))
            ORDER BY m.hotkey, k.trade_pair_id
            """,
            new { space.ClassId, all },
            cancellationToken);

    /// <summary>Registers miners and pairs along with their keys.</summary>
    public static async Task<Written> WriteAsync(
        NpgsqlConnection connection, Space space, IReadOnlyCollection<RegistryEntry> entries, CancellationToken cancellationToken)
    {
        var keys = new { hotkeys = entries.Select(entry => entry.Hotkey).ToArray(), pairs = entries.Select(entry => entry.Pair).ToArray(), space.ClassId, space.Name };
        await connection.ListAsync<int>(
            """
            INSERT INTO pglocks.miners (hotkey) SELECT DISTINCT * FROM unnest(@hotkeys::text[]) ON CONFLICT DO NOTHING;
            INSERT INTO pglocks.trade_pairs (trade_pair_id) SELECT DISTINCT * FROM unnest(@pairs::text[]) ON CONFLICT DO NOTHING
            """,
            keys,
            cancellationToken);
        return await connection.OneAsync<Written>(
            """
            WITH written AS (
                INSERT INTO pglocks.position_keys (class_id, miner_id, trade_pair_id, slot, first_seen_at, last_seen_at)
                SELECT @ClassId, m.miner_id, given.pair, pglocks.slot_of(given.hotkey, given.pair, @Name), now(), now()
                FROM unnest(@hotkeys::text[], @pairs::text[]) AS given (hotkey, pair) JOIN pglocks.miners m USING (hotkey)
                ON CONFLICT DO NOTHING
                RETURNING 1)
            SELECT count(*)::int4 AS added, 0 AS changed FROM written
            """,
            keys,
            cancellationToken) ?? new Written();
    }

    /// <summary>Removes a key of which nothing was ever recorded. Null: it is not registered; false: something was.</summary>
    public static Task<bool?> RemoveAsync(NpgsqlConnection connection, Space space, PositionKey key, CancellationToken cancellationToken) =>
        connection.OneAsync<bool?>(
            """
            WITH key AS (
                SELECT k.key_id FROM pglocks.position_keys k JOIN pglocks.miners m USING (miner_id)
                WHERE k.class_id = @ClassId AND m.hotkey = @MinerHotkey AND k.trade_pair_id = @TradePairId
            ),
            removed AS (
                DELETE FROM pglocks.position_keys k USING key
                WHERE k.key_id = key.key_id
                  AND NOT EXISTS (SELECT FROM pglocks.lock_stats s WHERE s.key_id = key.key_id)
                  AND NOT EXISTS (SELECT FROM pglocks.held_locks h WHERE h.key_id = key.key_id)
                  AND NOT EXISTS (SELECT FROM pglocks.lock_events e WHERE e.key_id = key.key_id)
                RETURNING k.key_id)
            SELECT EXISTS (SELECT FROM removed) FROM key
            """,
            new { space.ClassId, key.MinerHotkey, key.TradePairId },
            cancellationToken);
}
