using Dapper;
using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>How telemetry's tables are.</summary>
internal sealed record TelemetryState
{
    public int RollupAfterDays { get; init; }

    public int DropAfterDays { get; init; }

    /// <summary>Null: never.</summary>
    public DateTime? MaintainedAt { get; init; }

    /// <summary>Days from today to a week ahead for which a partition is missing, of <c>lock_stats</c> or <c>lock_events</c>.</summary>
    public int MissingDays { get; init; }

    /// <summary>Rows for which there was no day.</summary>
    public long DefaultRows { get; init; }

    /// <summary>Rows from here on are not in the totals yet; null: all are.</summary>
    public DateTime? LackFrom { get; init; }

    /// <summary>Partitions of days that are older than what is kept.</summary>
    public int OverdueDrops { get; init; }

    /// <summary>Days that should be rolled up to the hour and are not.</summary>
    public int OverdueRollups { get; init; }

    public long MaintainedAgoMs { get; init; }

    public long LackMs { get; init; }

    public long Bytes { get; init; }
}

/// <summary>Retention, and the upkeep of telemetry's tables.</summary>
internal static class TelemetryQueries
{
    public static async Task<TelemetryState> StateAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.OneAsync<TelemetryState>(
            """
            SELECT r.rollup_after_days, r.drop_after_days, r.maintained_at,
                   (SELECT count(*)::int4 FROM unnest(ARRAY['lock_stats', 'lock_events']) AS parent, generate_series(0, 7) AS ahead
                    WHERE NOT EXISTS (SELECT FROM pglocks.day_partitions() d WHERE d.parent = parent.parent AND d.day = pglocks.utc_today() + ahead)) AS missing_days,
                   (SELECT count(*) FROM pglocks.lock_stats_default) + (SELECT count(*) FROM pglocks.lock_events_default) AS default_rows,
                   nullif(pglocks.totals_lack_from(), 'infinity') AS lack_from,
                   (SELECT count(*)::int4 FROM pglocks.day_partitions() d WHERE d.day < pglocks.utc_today() - r.drop_after_days) AS overdue_drops,
                   (SELECT count(*)::int4 FROM pglocks.day_partitions() d
                    WHERE d.parent = 'lock_stats' AND d.day < pglocks.utc_today() - r.rollup_after_days
                      AND NOT EXISTS (SELECT FROM pglocks.rolled_up_days u WHERE u.day = d.day)) AS overdue_rollups,
                   coalesce((extract(epoch FROM now() - r.maintained_at) * 1000)::int8, 0) AS maintained_ago_ms,
                   coalesce((extract(epoch FROM now() - nullif(pglocks.totals_lack_from(), 'infinity')) * 1000)::int8, 0) AS lack_ms,
                   (SELECT sum(pg_catalog.pg_total_relation_size(c.oid))::int8 FROM pg_catalog.pg_class c
                    WHERE c.relnamespace = 'pglocks'::regnamespace AND c.relkind = 'r' AND c.relname ~ '^lock_(stats|events|totals)') AS bytes
            -- One row, of which the planner expects thousands, and then compiles the statement.
            FROM (SELECT * FROM pglocks.retention LIMIT 1) AS r
            """,
            null,
            cancellationToken) ?? new TelemetryState();

    /// <summary>One step of an upkeep that began <paramref name="age"/> ago, however long it takes; null when nothing is left of what there was then.</summary>
    public static async Task<string?> MaintainAsync(NpgsqlConnection connection, TimeSpan age, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SET LOCAL statement_timeout = 0; SELECT pglocks.maintain(now() - @age)", new { age }, commandTimeout: 0, cancellationToken: cancellationToken));

    /// <summary>What is null stays as it is.</summary>
    public static async Task SetRetentionAsync(NpgsqlConnection connection, int? rollupAfterDays, int? dropAfterDays, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE pglocks.retention SET rollup_after_days = coalesce(@rollupAfterDays, rollup_after_days), drop_after_days = coalesce(@dropAfterDays, drop_after_days),
                                         pruned_on = NULL
            """,
            new { rollupAfterDays, dropAfterDays }, cancellationToken: cancellationToken));
}
