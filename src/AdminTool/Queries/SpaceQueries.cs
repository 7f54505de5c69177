using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>A lock space.</summary>
internal sealed record Space
{
    public string Name { get; init; } = "";

    public int ClassId { get; init; }

    public int PoolSize { get; init; }

    /// <summary>Where its processes listen for yield requests.</summary>
    public string Channel => $"pglocks_{ClassId}";
}

/// <summary>Lock spaces, and the slots of keys in them.</summary>
internal static class SpaceQueries
{
    public static Task<Space?> FindAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        connection.OneAsync<Space>("SELECT name, class_id, pool_size FROM pglocks.spaces WHERE name = @name", new { name }, cancellationToken);

    public static Task<IReadOnlyList<string>> NamesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ListAsync<string>("SELECT name FROM pglocks.spaces ORDER BY name", null, cancellationToken);

    public static Task<int> SlotOfAsync(NpgsqlConnection connection, Space space, PositionKey key, CancellationToken cancellationToken) =>
        connection.OneAsync<int>(
            "SELECT pglocks.slot_of(@MinerHotkey, @TradePairId, @Name)", new { key.MinerHotkey, key.TradePairId, space.Name }, cancellationToken);

    /// <summary>How many slots the pools of all spaces have together.</summary>
    public static Task<long> SlotsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.OneAsync<long>("SELECT coalesce(sum(pool_size), 0) FROM pglocks.spaces", null, cancellationToken);

    /// <summary>The spaces that have not noticed yet that the server was promoted.</summary>
    public static Task<IReadOnlyList<string>> BehindTimelineAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ListAsync<string>(
            """
            SELECT name FROM pglocks.spaces
            WHERE timeline < CASE WHEN pg_is_in_recovery() THEN 0 ELSE pglocks.current_timeline() END
            ORDER BY name
            """,
            null,
            cancellationToken);
}
