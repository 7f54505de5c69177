using Dapper;
using Npgsql;

namespace PgLocks.AdminTool.Demo;

/// <summary>Reads <see cref="LockFigures"/> from the schema.</summary>
internal static class LockFiguresReader
{
    // Neither by key nor by slot nor by instance: one row.
    private const string Totals = "SELECT * FROM pglocks.stats_by('all', NULL)";

    private const string Collided = """
        SELECT sum(c.keys)::bigint AS keys, min(s.pool_size) AS slots, sum(c.contended_slot)::bigint AS waits,
               (array_agg(c.slot ORDER BY c.contended_slot DESC, c.keys DESC))[1] AS worst_slot,
               (array_agg(c.keys ORDER BY c.contended_slot DESC, c.keys DESC))[1] AS worst_slot_keys,
               (array_agg(c.contended_slot ORDER BY c.contended_slot DESC, c.keys DESC))[1] AS worst_slot_waits
        FROM pglocks.slot_collisions c
        JOIN pglocks.spaces s ON s.name = c.space
        """;

    private const string Hottest = """
        SELECT hotkey, pair, slot, acquired, wait_p50_ns, wait_p99_ns, hold_p50_ns, hold_p99_ns
        FROM pglocks.key_stats
        ORDER BY acquired DESC, hotkey, pair
        LIMIT 10
        """;

    static LockFiguresReader() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>Null when nothing was recorded.</summary>
    public static async Task<LockFigures?> ReadAsync(NpgsqlConnection connection)
    {
        var totals = await connection.QuerySingleOrDefaultAsync<LockTotals>(Totals);
        return totals is null
            ? null
            : new LockFigures(
                totals,
                await connection.QuerySingleAsync<Collisions>(Collided),
                (await connection.QueryAsync<HotKey>(Hottest)).AsList());
    }
}
