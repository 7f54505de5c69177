using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>How much room the server has.</summary>
internal sealed record Room
{
    /// <summary>Client sessions now, in all databases.</summary>
    public int Sessions { get; init; }

    /// <summary>Client sessions that are not reserved for superusers.</summary>
    public int Available { get; init; }

    /// <summary>Locks that the shared lock table is sized for.</summary>
    public long Locks { get; init; }
}

/// <summary>The server itself.</summary>
internal static class ServerQueries
{
    /// <summary>Null: this server has no such setting.</summary>
    public static Task<string?> SettingAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        connection.OneAsync<string>("SELECT current_setting(@name, true)", new { name }, cancellationToken);

    public static Task<bool> IsStandbyAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.OneAsync<bool>("SELECT pg_is_in_recovery()", null, cancellationToken);

    public static Task<int> BackendPidAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.OneAsync<int>("SELECT pg_backend_pid()", null, cancellationToken);

    public static async Task<DateTimeOffset> ClockAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        new(await connection.OneAsync<DateTime>("SELECT clock_timestamp()", null, cancellationToken));

    public static async Task<Room> RoomAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.OneAsync<Room>(
            """
            SELECT (SELECT count(*)::int4 FROM pg_catalog.pg_stat_activity
                    WHERE coalesce(backend_type = 'client backend', datid IS NOT NULL)) AS sessions,
                   current_setting('max_connections')::int4 - current_setting('superuser_reserved_connections')::int4
                       - coalesce(current_setting('reserved_connections', true)::int4, 0) AS available,
                   current_setting('max_locks_per_transaction')::int8
                       * (current_setting('max_connections')::int8 + current_setting('max_prepared_transactions')::int8) AS locks
            """,
            null,
            cancellationToken) ?? new Room();
}
