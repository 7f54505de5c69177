using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>One process, as it last wrote about itself.</summary>
internal sealed record InstanceState
{
    public string Application { get; init; } = "";

    public string Host { get; init; } = "";

    public int Pid { get; init; }

    public long Recorded { get; init; }

    public long Dropped { get; init; }

    public long DroppedEvents { get; init; }

    /// <summary>Since it last wrote.</summary>
    public long SilentMs { get; init; }

    /// <summary>By how much its clock was ahead of the server's when it opened its sessions.</summary>
    public long ClockSkewMs { get; init; }
}

/// <summary>Processes, live and gone.</summary>
internal static class InstanceQueries
{
    // Without pg_read_all_stats the start of another role's backend is hidden: then its pid stands for it.
    private const string Select = """
        SELECT * FROM (
            SELECT i.application, i.host, i.pid, i.recorded, i.dropped, i.dropped_events, i.closed_at, i.last_seen_at,
                   (extract(epoch FROM clock_timestamp() - coalesce(i.written_to, i.last_seen_at)) * 1000)::int8 AS silent_ms,
                   coalesce((SELECT (extract(epoch FROM s.opened_at - s.backend_start) * 1000)::int8 FROM pglocks.sessions s
                             WHERE s.instance_id = i.instance_id ORDER BY abs(extract(epoch FROM s.opened_at - s.backend_start)) LIMIT 1), 0) AS clock_skew_ms,
                   EXISTS (SELECT FROM pglocks.sessions s
                           JOIN pg_catalog.pg_stat_activity a ON a.pid = s.backend_pid AND coalesce(a.backend_start, s.backend_start) = s.backend_start
                           WHERE s.instance_id = i.instance_id) AS is_live
            FROM pglocks.instances i) AS i
        """;

    public static Task<IReadOnlyList<InstanceState>> LiveAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ListAsync<InstanceState>(Select + " WHERE is_live ORDER BY dropped DESC, dropped_events DESC, silent_ms DESC", null, cancellationToken);

    /// <summary>Neither live nor closed, in the last week; newest first.</summary>
    public static Task<IReadOnlyList<InstanceState>> UncleanAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ListAsync<InstanceState>(
            Select + " WHERE NOT is_live AND closed_at IS NULL AND last_seen_at > now() - interval '7 days' ORDER BY last_seen_at DESC", null, cancellationToken);
}
