using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>What is looked at anew with every frame.</summary>
internal sealed record TopReading
{
    /// <summary>By the server's clock.</summary>
    public DateTime At { get; init; }

    public string ServerVersion { get; init; } = "";

    /// <summary>Live ones of the space.</summary>
    public int Instances { get; init; }

    public IReadOnlyList<LiveLock> Locks { get; init; } = [];

    /// <summary>Of every key with a row since the moment that was asked for.</summary>
    public IReadOnlyList<KeyTraffic> Traffic { get; init; } = [];
}

/// <summary>A slot that a session holds, with a key that is held long in it, or a session that waits for a slot.</summary>
internal sealed record LiveLock
{
    public int Slot { get; init; }

    public bool IsGranted { get; init; }

    public long? WaitAgeMs { get; init; }

    public string? Hotkey { get; init; }

    public string? Pair { get; init; }

    public long? HoldAgeMs { get; init; }

    public Guid? InstanceId { get; init; }

    public string? Application { get; init; }

    public string? Host { get; init; }

    public int? Pid { get; init; }
}

/// <summary>What was recorded of one key.</summary>
internal sealed record KeyTraffic
{
    public string Hotkey { get; init; } = "";

    public string Pair { get; init; } = "";

    public int Slot { get; init; }

    /// <summary>In intervals that the next reading does not look at any more.</summary>
    public bool IsLeftBehind { get; init; }

    public long Acquired { get; init; }

    public long TimedOut { get; init; }

    public long ContendedSlot { get; init; }

    public long ContendedProcess { get; init; }

    public long WaitSumNs { get; init; }

    public long HoldSumNs { get; init; }
}

/// <summary>Who owns and waits now, and what was recorded lately.</summary>
internal static class TopQueries
{
    // Rows of an interval arrive after its end, and late ones count too, for as long as they began within this time.
    private static readonly TimeSpan Horizon = TimeSpan.FromMinutes(1);

    /// <param name="connection">In a transaction.</param>
    /// <param name="space">The space.</param>
    /// <param name="since">Of which intervals on figures are summed; null: of the last minute.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<(TopReading Reading, DateTime NextSince)> ReadAsync(
        NpgsqlConnection connection, Space space, DateTime? since, CancellationToken cancellationToken)
    {
        var facts = (await connection.OneAsync<TopReading>(Facts, new { space.ClassId }, cancellationToken))!;
        var next = facts.At - Horizon;
        var from = since ?? next;
        if (next < from)
            next = from;
        return (
            facts with
            {
                Locks = await connection.ListAsync<LiveLock>(Live, new { space.Name }, cancellationToken),
                Traffic = await connection.ListAsync<KeyTraffic>(Recorded, new { space.ClassId, from, next }, cancellationToken),
            },
            next);
    }

    private const string Facts = """
        SELECT clock_timestamp() AS at, split_part(current_setting('server_version'), ' ', 1) AS server_version,
               (SELECT count(DISTINCT s.instance_id)::int4
                FROM pglocks.sessions s
                JOIN pglocks.instances i ON i.instance_id = s.instance_id AND i.class_id = @ClassId
                JOIN pg_catalog.pg_stat_activity a ON a.pid = s.backend_pid AND coalesce(a.backend_start, s.backend_start) = s.backend_start) AS instances
        """;

    // current_holders and current_waiters in one look at pg_locks.
    private const string Live = """
        SELECT l.slot, l.granted AS is_granted, (extract(epoch FROM clock_timestamp() - l.waiting_since) * 1000)::int8 AS wait_age_ms,
               m.hotkey, k.trade_pair_id AS pair, (extract(epoch FROM clock_timestamp() - h.acquired_at) * 1000)::int8 AS hold_age_ms,
               l.instance_id, l.application, l.host, l.pid
        FROM pglocks.slot_locks l
        LEFT JOIN (pglocks.held_locks h
                   JOIN pglocks.position_keys k ON k.key_id = h.key_id
                   JOIN pglocks.miners m ON m.miner_id = k.miner_id)
            ON l.granted AND h.instance_id = l.instance_id AND h.class_id = l.class_id AND h.slot = l.slot
        WHERE l.space = @Name
        ORDER BY l.slot, h.acquired_at, l.waiting_since
        """;

    private const string Recorded = """
        SELECT m.hotkey, k.trade_pair_id AS pair, k.slot, s.is_left_behind, s.acquired, s.timed_out, s.contended_slot, s.contended_process, s.wait_sum_ns, s.hold_sum_ns
        FROM (SELECT key_id, interval_start < @next AS is_left_behind, sum(acquired)::int8 AS acquired, sum(timed_out)::int8 AS timed_out,
                     sum(contended_slot)::int8 AS contended_slot, sum(contended_process)::int8 AS contended_process,
                     sum(wait_sum_ns)::int8 AS wait_sum_ns, sum(hold_sum_ns)::int8 AS hold_sum_ns
              FROM pglocks.lock_stats
              WHERE interval_start >= @from
              GROUP BY 1, 2) AS s
        JOIN pglocks.position_keys k ON k.key_id = s.key_id AND k.class_id = @ClassId
        JOIN pglocks.miners m ON m.miner_id = k.miner_id
        """;
}
