using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>What a pool of another size would do.</summary>
internal sealed record PoolEstimate
{
    public int PoolSize { get; init; }

    public int SlotsShared { get; init; }

    public long MostKeys { get; init; }

    public long Acquired { get; init; }

    public double ExpectedContendedSlot { get; init; }

    public double? ExpectedContendedSlotRatio { get; init; }

    /// <summary>What was recorded, of the present size; null: of any other.</summary>
    public long? ObservedContendedSlot { get; init; }

    public double? ObservedContendedSlotRatio { get; init; }
}

/// <summary>False contention between processes, at any pool size, from recorded concurrency.</summary>
internal static class PoolEstimates
{
    /// <summary>
    /// An acquisition meets a hold of another key of its slot in another process with the probability that there is one: the time for which
    /// such keys were held there, over the time looked at, and 1 at most. Both are taken from the same stretch (a 60th of the window, a minute at
    /// least), so that what never happened at the same time never meets. Time held there: all of the slot, less the same key, less the same
    /// process, plus both, which was taken off twice.
    /// </summary>
    public static Task<IReadOnlyList<PoolEstimate>> EstimateAsync(
        NpgsqlConnection connection, Space space, TimeSpan? since, IReadOnlyList<int> sizes, CancellationToken cancellationToken) =>
        connection.ListAsync<PoolEstimate>(Sql, new { space.ClassId, space.PoolSize, since, sizes = sizes.ToArray() }, cancellationToken);

    // A pool's slot is the largest pool's slot modulo its size, so that each key is hashed once.
    private const string Sql = """
        WITH keys AS MATERIALIZED (
            SELECT k.key_id, pglocks.slot_in_pool(m.hotkey || ':' || k.trade_pair_id, 4096) AS slot
            FROM pglocks.position_keys k JOIN pglocks.miners m ON m.miner_id = k.miner_id
            WHERE k.class_id = @ClassId
        ),
        rows AS MATERIALIZED (
            SELECT s.key_id, k.slot, s.instance_id, s.interval_start, s.interval_start + s.interval_ms * interval '1 ms' AS interval_end,
                   s.acquired::float8 AS acquired, s.hold_sum_ns::float8 AS hold_ns, s.contended_slot
            FROM pglocks.lock_stats s JOIN keys k ON k.key_id = s.key_id
            WHERE s.interval_start >= coalesce(now() - @since::interval, '-infinity')
        ),
        stretch AS (SELECT greatest(interval '1 minute', (max(interval_end) - min(interval_start)) / 60) AS length FROM rows),
        traffic AS MATERIALIZED (
            SELECT date_bin(length, interval_start, 'epoch') AS at, key_id, slot, instance_id, sum(acquired) AS acquired, sum(hold_ns) AS hold_ns,
                   min(interval_start) AS first_at, max(interval_end) AS last_at
            FROM rows CROSS JOIN stretch GROUP BY 1, 2, 3, 4
        ),
        spans AS (SELECT at, nullif(extract(epoch FROM max(last_at) - min(first_at)), 0)::float8 * 1e9 AS ns FROM traffic GROUP BY at),
        by_key AS (SELECT at, key_id, sum(hold_ns) AS hold_ns FROM traffic GROUP BY at, key_id),
        by_instance AS MATERIALIZED (
            SELECT size, at, slot & (size - 1) AS slot, instance_id, sum(hold_ns) AS hold_ns
            FROM traffic CROSS JOIN unnest(@sizes::int4[]) AS size GROUP BY 1, 2, 3, 4
        ),
        by_slot AS (SELECT size, at, slot, sum(hold_ns) AS hold_ns FROM by_instance GROUP BY size, at, slot),
        expected AS (
            SELECT i.size, sum(t.acquired) AS acquired,
                   sum(t.acquired * greatest(0, least(1, (s.hold_ns - k.hold_ns - i.hold_ns + t.hold_ns) / spans.ns))) AS contended
            FROM traffic t
            JOIN spans ON spans.at = t.at
            JOIN by_key k ON k.at = t.at AND k.key_id = t.key_id
            JOIN by_instance i ON i.at = t.at AND i.instance_id = t.instance_id AND i.slot = t.slot & (i.size - 1)
            JOIN by_slot s ON s.size = i.size AND s.at = t.at AND s.slot = i.slot
            GROUP BY i.size
        ),
        shared AS (
            SELECT size, (count(*) FILTER (WHERE keys > 1))::int4 AS slots, max(keys) AS most
            FROM (SELECT size, slot & (size - 1) AS slot, count(*) AS keys
                  FROM (SELECT DISTINCT key_id, slot FROM traffic) AS used CROSS JOIN unnest(@sizes::int4[]) AS size GROUP BY 1, 2) AS slots
            GROUP BY size
        ),
        observed AS (SELECT @PoolSize AS size, sum(contended_slot)::int8 AS contended FROM rows)
        SELECT e.size AS pool_size, shared.slots AS slots_shared, shared.most AS most_keys, e.acquired::int8 AS acquired,
               coalesce(e.contended, 0) AS expected_contended_slot, e.contended / nullif(e.acquired, 0) AS expected_contended_slot_ratio,
               o.contended AS observed_contended_slot, o.contended / nullif(e.acquired, 0) AS observed_contended_slot_ratio
        FROM expected e JOIN shared ON shared.size = e.size LEFT JOIN observed o ON o.size = e.size
        ORDER BY e.size
        """;
}
