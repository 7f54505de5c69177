using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>What is known of one slot itself.</summary>
internal sealed record SlotFacts
{
    /// <summary>The newest number drawn from the slot's sequence; null: none yet, or this role may not read it.</summary>
    public long? Number { get; init; }

    /// <summary>The newest epoch that a fenced transaction has seen.</summary>
    public long? FencedEpoch { get; init; }
}

/// <summary>A key that lives in a slot.</summary>
internal sealed record SlotKey
{
    public string Hotkey { get; init; } = "";

    public string Pair { get; init; } = "";

    public DateTime FirstSeenAt { get; init; }

    public DateTime LastSeenAt { get; init; }
}

/// <summary>Something that deserved a row of its own.</summary>
internal sealed record LockEvent
{
    public DateTime At { get; init; }

    public string Kind { get; init; } = "";

    public string? Hotkey { get; init; }

    public string? Pair { get; init; }

    public Guid? InstanceId { get; init; }

    public string Data { get; init; } = "";
}

/// <summary>One slot: its numbers, its keys, what happened in it.</summary>
internal static class SlotQueries
{
    public static async Task<SlotFacts> FactsAsync(NpgsqlConnection connection, Space space, int slot, CancellationToken cancellationToken) =>
        await connection.OneAsync<SlotFacts>(
            """
            SELECT CASE WHEN has_sequence_privilege(sequence, 'SELECT') THEN pg_sequence_last_value(sequence) END AS number,
                   (SELECT epoch FROM pglocks.fences WHERE class_id = @ClassId AND slot = @slot) AS fenced_epoch
            FROM to_regclass(format('pglocks.slot_%s_%s', @ClassId, @slot)) AS sequence
            """,
            new { space.ClassId, slot },
            cancellationToken) ?? new SlotFacts();

    public static Task<IReadOnlyList<SlotKey>> KeysAsync(
        NpgsqlConnection connection, Space space, int slot, int top, CancellationToken cancellationToken) =>
        connection.ListAsync<SlotKey>(
            """
            SELECT m.hotkey, k.trade_pair_id AS pair, k.first_seen_at, k.last_seen_at
            FROM pglocks.position_keys k JOIN pglocks.miners m USING (miner_id)
            WHERE k.class_id = @ClassId AND k.slot = @slot
            ORDER BY k.last_seen_at DESC, m.hotkey, k.trade_pair_id
            LIMIT @top
            """,
            new { space.ClassId, slot, top },
            cancellationToken);

    public static Task<bool> IsRegisteredAsync(NpgsqlConnection connection, Space space, PositionKey key, CancellationToken cancellationToken) =>
        connection.OneAsync<bool>(
            """
            SELECT EXISTS (
                SELECT FROM pglocks.position_keys k JOIN pglocks.miners m USING (miner_id)
                WHERE k.class_id = @ClassId AND m.hotkey = @MinerHotkey AND k.trade_pair_id = @TradePairId)
            """,
            new { space.ClassId, key.MinerHotkey, key.TradePairId },
            cancellationToken);

    public static Task<IReadOnlyList<LockEvent>> EventsAsync(
        NpgsqlConnection connection, Space space, int slot, int top, CancellationToken cancellationToken) =>
        connection.ListAsync<LockEvent>(
            """
            SELECT e.at, e.kind, m.hotkey, k.trade_pair_id AS pair, e.instance_id, e.data::text AS data
            FROM pglocks.lock_events e
            LEFT JOIN pglocks.position_keys k ON k.key_id = e.key_id
            LEFT JOIN pglocks.miners m ON m.miner_id = k.miner_id
            WHERE e.class_id = @ClassId AND e.slot = @slot
            ORDER BY e.at DESC
            LIMIT @top
            """,
            new { space.ClassId, slot, top },
            cancellationToken);
}
