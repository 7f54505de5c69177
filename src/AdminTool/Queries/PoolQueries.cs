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

/// <summary>How many keys live in a slot.</summary>
internal sealed record SlotPopulation
{
    public int Slot { get; init; }

    public long Keys { get; init; }
}

/// <summary>A pool at this moment.</summary>
internal sealed record PoolNow
{
    public int SlotsOwned { get; init; }

    public int Waiters { get; init; }
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

    /// <summary>Of every slot that has any.</summary>
    public static Task<IReadOnlyList<SlotPopulation>> KeysAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        connection.ListAsync<SlotPopulation>(
            "SELECT slot, count(*) AS keys FROM pglocks.position_keys WHERE class_id = @ClassId GROUP BY slot", new { space.ClassId }, cancellationToken);

    /// <summary>Slots owned and sessions in line at this moment.</summary>
    public static async Task<PoolNow> NowAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        await connection.OneAsync<PoolNow>(
            """
            SELECT (count(DISTINCT slot) FILTER (WHERE granted))::int4 AS slots_owned, (count(*) FILTER (WHERE NOT granted))::int4 AS waiters
            FROM pglocks.slot_locks WHERE space = @Name
            """,
            new { space.Name },
            cancellationToken) ?? new PoolNow();
}
