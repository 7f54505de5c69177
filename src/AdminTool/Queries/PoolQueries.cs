using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>A pool, as the views see it.</summary>
internal sealed record PoolFacts
{
    public long Keys { get; init; }

    public int SlotsWithKeys { get; init; }

    /// <summary>Slots in which two keys or more live.</summary>
    public int SlotsShared { get; init; }

    public long MostKeys { get; init; }

    public long Acquired { get; init; }

    public long ContendedSlot { get; init; }

    public double ExpectedContendedSlot { get; init; }
}

/// <summary>A slot in which keys meet.</summary>
internal sealed record SharedSlot
{
    public int Slot { get; init; }

    public long Keys { get; init; }

    public long Acquired { get; init; }

    public long ContendedSlot { get; init; }

    public double? ContendedSlotRatio { get; init; }

    public double ExpectedContendedSlot { get; init; }
}

/// <summary>What a pool of another size would do.</summary>
internal sealed record PoolEstimate
{
    public int PoolSize { get; init; }

    public int SlotsShared { get; init; }

    public long MostKeys { get; init; }

    public long Acquired { get; init; }

    public double ExpectedContendedSlot { get; init; }

    public double? ExpectedContendedSlotRatio { get; init; }
}

/// <summary>Collisions: keys that share a slot.</summary>
internal static class PoolQueries
{
    public static async Task<PoolFacts> FactsAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        await connection.OneAsync<PoolFacts>(
            """
            SELECT coalesce(sum(keys), 0)::int8 AS keys, count(*)::int4 AS slots_with_keys, (count(*) FILTER (WHERE keys > 1))::int4 AS slots_shared,
                   coalesce(max(keys), 0) AS most_keys, coalesce(sum(acquired), 0)::int8 AS acquired,
                   coalesce(sum(contended_slot), 0)::int8 AS contended_slot, coalesce(sum(expected_contended_slot), 0) AS expected_contended_slot
            FROM pglocks.slot_collisions WHERE space = @Name
            """,
            new { space.Name },
            cancellationToken) ?? new PoolFacts();

    public static Task<IReadOnlyList<SharedSlot>> SharedSlotsAsync(NpgsqlConnection connection, Space space, int top, CancellationToken cancellationToken) =>
        connection.ListAsync<SharedSlot>(
            """
            SELECT slot, keys, acquired, contended_slot, contended_slot_ratio, expected_contended_slot
            FROM pglocks.slot_collisions WHERE space = @Name AND keys > 1
            ORDER BY contended_slot DESC, expected_contended_slot DESC, keys DESC, slot
            LIMIT @top
            """,
            new { space.Name, top },
            cancellationToken);

    /// <summary>
    /// An acquisition meets another key of its slot in another process with the probability that this one is held there: its hold time over the
    /// window. Summed over all pairs by inclusion and exclusion: all, less the same key, less the same process, plus both.
    /// </summary>
    public static Task<IReadOnlyList<PoolEstimate>> EstimateAsync(
        NpgsqlConnection connection, Space space, TimeSpan? since, IReadOnlyList<int> sizes, CancellationToken cancellationToken) =>
        connection.ListAsync<PoolEstimate>(
            """
            WITH traffic AS MATERIALIZED (
                SELECT m.hotkey || ':' || k.trade_pair_id AS key, s.instance_id, sum(s.acquired)::float8 AS acquired, sum(s.hold_sum_ns)::float8 AS hold_ns,
                       min(s.interval_start) AS first_at, max(s.interval_start + s.interval_ms * interval '1 ms') AS last_at
                FROM pglocks.lock_stats s
                JOIN pglocks.position_keys k ON k.key_id = s.key_id AND k.class_id = @ClassId
                JOIN pglocks.miners m ON m.miner_id = k.miner_id
                WHERE s.interval_start >= coalesce(now() - @since::interval, '-infinity')
                GROUP BY m.hotkey, k.trade_pair_id, s.instance_id
            ),
            span AS (SELECT extract(epoch FROM max(last_at) - min(first_at))::float8 * 1e9 AS ns FROM traffic),
            mapped AS (
                SELECT size, pglocks.slot_in_pool(key, size) AS slot, key, instance_id, acquired, hold_ns
                FROM unnest(@sizes::int4[]) AS size CROSS JOIN traffic
            ),
            keys AS (
                SELECT size, slot, sum(acquired) * sum(hold_ns) AS both_of_key
                FROM mapped GROUP BY size, slot, key
            ),
            instances AS (
                SELECT size, slot, sum(acquired) * sum(hold_ns) AS both_of_instance
                FROM mapped GROUP BY size, slot, instance_id
            ),
            slots AS (
                SELECT m.size, m.slot, sum(m.acquired) AS acquired, count(DISTINCT m.key) AS keys,
                       sum(m.acquired) * sum(m.hold_ns) + sum(m.acquired * m.hold_ns)
                           - (SELECT sum(k.both_of_key) FROM keys k WHERE k.size = m.size AND k.slot = m.slot)
                           - (SELECT sum(i.both_of_instance) FROM instances i WHERE i.size = m.size AND i.slot = m.slot) AS meetings_ns
                FROM mapped m GROUP BY m.size, m.slot
            )
            SELECT size AS pool_size, (count(*) FILTER (WHERE keys > 1))::int4 AS slots_shared, max(keys) AS most_keys, sum(acquired)::int8 AS acquired,
                   coalesce(least(sum(meetings_ns) / nullif(max(span.ns), 0), sum(acquired)), 0) AS expected_contended_slot,
                   least(sum(meetings_ns) / nullif(max(span.ns), 0) / nullif(sum(acquired), 0), 1) AS expected_contended_slot_ratio
            FROM slots CROSS JOIN span
            GROUP BY size ORDER BY size
            """,
            new { space.ClassId, since, sizes = sizes.ToArray() },
            cancellationToken);
}
