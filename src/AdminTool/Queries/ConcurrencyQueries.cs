using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>How often a process acquired a key, and for how long it held it, within one stretch of time.</summary>
internal sealed record KeyUse
{
    public DateTime At { get; init; }

    public long KeyId { get; init; }

    /// <summary>In the largest pool; in one of size n it is the remainder by n.</summary>
    public int LargestSlot { get; init; }

    public Guid InstanceId { get; init; }

    public double Acquired { get; init; }

    public double HoldNs { get; init; }

    public long ContendedSlot { get; init; }

    public DateTime FirstAt { get; init; }

    public DateTime LastAt { get; init; }
}

/// <summary>Which keys were held at about the same time, in which process.</summary>
internal static class ConcurrencyQueries
{
    public const int LargestPool = 4096;

    /// <summary>By stretches of a 60th of the window, a minute at least. Each key is hashed once, by the function that maps it to its slot.</summary>
    public static Task<IReadOnlyList<KeyUse>> UsesAsync(NpgsqlConnection connection, Space space, TimeSpan? since, CancellationToken cancellationToken) =>
        connection.ListAsync<KeyUse>(
            $"""
            WITH keys AS MATERIALIZED (
                SELECT k.key_id, pglocks.slot_in_pool(m.hotkey || ':' || k.trade_pair_id, {LargestPool}) AS largest_slot
                FROM pglocks.position_keys k JOIN pglocks.miners m ON m.miner_id = k.miner_id
                WHERE k.class_id = @ClassId
            ),
            stretch AS (
                SELECT greatest(interval '1 minute', (max(interval_start) - min(interval_start)) / 60) AS length
                FROM pglocks.lock_stats WHERE interval_start >= coalesce(now() - @since::interval, '-infinity')
            ),
            uses AS (
                SELECT date_bin(length, s.interval_start, 'epoch') AS at, s.key_id, s.instance_id, sum(s.acquired)::float8 AS acquired,
                       sum(s.hold_sum_ns)::float8 AS hold_ns, sum(s.contended_slot)::int8 AS contended_slot,
                       min(s.interval_start) AS first_at, max(s.interval_start + s.interval_ms * interval '1 ms') AS last_at
                FROM pglocks.lock_stats s CROSS JOIN stretch
                WHERE s.interval_start >= coalesce(now() - @since::interval, '-infinity')
                GROUP BY 1, 2, 3
            )
            SELECT uses.*, keys.largest_slot FROM uses JOIN keys USING (key_id)
            """,
            new { space.ClassId, since },
            cancellationToken);
}
