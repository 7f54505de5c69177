using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>The state of a space's rollout.</summary>
internal sealed record RolloutStatus
{
    public long Generation { get; init; }

    public int NewPercent { get; init; }

    public int BothPercent { get; init; }
}

/// <summary>A process that counts in a rollout.</summary>
internal sealed record RolloutProcess
{
    public string Application { get; init; } = "";

    public string Host { get; init; } = "";

    public int Pid { get; init; }

    public string OldSide { get; init; } = "";

    public string NewSide { get; init; } = "";

    /// <summary>Null: it has joined and not read the state yet.</summary>
    public long? Acknowledged { get; init; }

    /// <summary>Leases and waits of earlier generations.</summary>
    public int LeftBehind { get; init; }

    public bool IsBehind { get; init; }

    /// <summary>False: its session has ended, and its lease may still stand.</summary>
    public bool IsConnected { get; init; }

    public long SilentMs { get; init; }
}

/// <summary>What one side did in one mode.</summary>
internal sealed record SideStats
{
    public string Mode { get; init; } = "";

    public string Side { get; init; } = "";

    public int Processes { get; init; }

    public long Acquired { get; init; }

    public long TimedOut { get; init; }

    public long? WaitP50Ns { get; init; }

    public long? WaitP95Ns { get; init; }

    public long? WaitP99Ns { get; init; }

    public long? HoldP50Ns { get; init; }

    public long? HoldP95Ns { get; init; }

    public long? HoldP99Ns { get; init; }
}

/// <summary>The move of a space from one backend to another.</summary>
internal static class RolloutQueries
{
    public static async Task<RolloutStatus> StatusAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        (await connection.OneAsync<RolloutStatus>(
            "SELECT rollout_generation AS generation, rollout_new::int4 AS new_percent, rollout_both::int4 AS both_percent FROM pglocks.spaces WHERE class_id = @ClassId",
            space, cancellationToken))!;

    public static Task<IReadOnlyList<RolloutProcess>> ProcessesAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        connection.ListAsync<RolloutProcess>(
            """
            SELECT application, host, pid, old_side, new_side, acknowledged, left_behind, is_behind, is_connected,
                   greatest(0, extract(epoch FROM clock_timestamp() - confirmed_at) * 1000)::int8 AS silent_ms
            FROM pglocks.rollout_members WHERE class_id = @ClassId ORDER BY is_behind DESC, application, host, pid
            """,
            space, cancellationToken);

    public static Task ChangeAsync(NpgsqlConnection connection, Space space, long generation, int newPercent, int bothPercent, CancellationToken cancellationToken) =>
        connection.OneAsync<long>(
            "SELECT pglocks.change_rollout(@Name, @generation, @newPercent::int2, @bothPercent::int2)",
            new { space.Name, generation, newPercent, bothPercent }, cancellationToken);

    public static Task<IReadOnlyList<SideStats>> CompareAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        connection.ListAsync<SideStats>(
            """
            WITH counted AS (
                SELECT s.mode, s.side, h.is_wait, h.bucket, sum(h.count)::int8 AS count
                FROM pglocks.rollout_stats s
                CROSS JOIN LATERAL (SELECT true, w.* FROM unnest(s.wait_buckets, s.wait_counts) AS w
                                    UNION ALL SELECT false, o.* FROM unnest(s.hold_buckets, s.hold_counts) AS o) AS h (is_wait, bucket, count)
                WHERE s.class_id = @ClassId GROUP BY 1, 2, 3, 4
            ), histograms AS (
                SELECT mode, side, is_wait, array_agg(bucket ORDER BY bucket) AS buckets, array_agg(count ORDER BY bucket) AS counts, sum(count)::int8 AS total
                FROM counted GROUP BY 1, 2, 3
            ), sides AS (
                SELECT mode, side, count(*)::int4 AS processes, sum(timed_out)::int8 AS timed_out
                FROM pglocks.rollout_stats WHERE class_id = @ClassId GROUP BY 1, 2
            )
            SELECT s.mode, s.side, s.processes, coalesce(w.total, 0) AS acquired, s.timed_out,
                   pglocks.quantile(w.buckets, w.counts, 0.5, most.ns) AS wait_p50_ns, pglocks.quantile(w.buckets, w.counts, 0.95, most.ns) AS wait_p95_ns,
                   pglocks.quantile(w.buckets, w.counts, 0.99, most.ns) AS wait_p99_ns,
                   pglocks.quantile(h.buckets, h.counts, 0.5, most.ns) AS hold_p50_ns, pglocks.quantile(h.buckets, h.counts, 0.95, most.ns) AS hold_p95_ns,
                   pglocks.quantile(h.buckets, h.counts, 0.99, most.ns) AS hold_p99_ns
            FROM sides s
            CROSS JOIN (SELECT 9223372036854775807::int8 AS ns) AS most
            LEFT JOIN histograms w ON (w.mode, w.side, w.is_wait) = (s.mode, s.side, true)
            LEFT JOIN histograms h ON (h.mode, h.side, h.is_wait) = (s.mode, s.side, false)
            ORDER BY s.mode, s.side DESC
            """,
            space, cancellationToken);
}
