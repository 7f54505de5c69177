using Npgsql;
using PgLocks.AdminTool.Import;

namespace PgLocks.AdminTool.Queries;

/// <summary>One registered miner, pair or key.</summary>
internal sealed record Registered
{
    public string? Hotkey { get; init; }

    public string? Pair { get; init; }

    public string? DisplayName { get; init; }

    public string? AssetClass { get; init; }

    public int? Slot { get; init; }

    public long? Keys { get; init; }

    public DateTime? RegisteredAt { get; init; }

    public DateTime? RetiredAt { get; init; }

    public DateTime? LastSeenAt { get; init; }
}

/// <summary>What writing entries has changed.</summary>
internal sealed record Written
{
    public int Added { get; init; }

    public int Changed { get; init; }

    public static Written operator +(Written one, Written other) => new() { Added = one.Added + other.Added, Changed = one.Changed + other.Changed };
}

/// <summary>Miners and trade pairs: listed, written, retired.</summary>
internal static class RegistryQueries
{
    public static Task<IReadOnlyList<Registered>> MinersAsync(NpgsqlConnection connection, Space space, bool all, CancellationToken cancellationToken) =>
        connection.ListAsync<Registered>(
            """
            SELECT m.hotkey, m.registered_at, m.deregistered_at AS retired_at, count(k.key_id) AS keys, max(k.last_seen_at) AS last_seen_at
            FROM pglocks.miners m LEFT JOIN pglocks.position_keys k ON k.miner_id = m.miner_id AND k.class_id = @ClassId
            WHERE @all OR m.deregistered_at IS NULL
            GROUP BY m.miner_id ORDER BY m.hotkey
            """,
            new { space.ClassId, all },
            cancellationToken);

    public static Task<IReadOnlyList<Registered>> PairsAsync(NpgsqlConnection connection, Space space, bool all, CancellationToken cancellationToken) =>
        connection.ListAsync<Registered>(
            """
            SELECT p.trade_pair_id AS pair, p.display_name, p.asset_class, p.registered_at, p.retired_at, count(k.key_id) AS keys, max(k.last_seen_at) AS last_seen_at
            FROM pglocks.trade_pairs p LEFT JOIN pglocks.position_keys k ON k.trade_pair_id = p.trade_pair_id AND k.class_id = @ClassId
            WHERE @all OR p.retired_at IS NULL
            GROUP BY p.trade_pair_id ORDER BY p.asset_class, p.trade_pair_id
            """,
            new { space.ClassId, all },
            cancellationToken);

    /// <summary>A time that an entry leaves open stays as it is; who has left was there at the latest when it left.</summary>
    public static async Task<Written> WriteMinersAsync(NpgsqlConnection connection, IReadOnlyCollection<RegistryEntry> entries, CancellationToken cancellationToken) =>
        await connection.OneAsync<Written>(
            """
            WITH written AS (
                INSERT INTO pglocks.miners AS m (hotkey, registered_at, deregistered_at)
                SELECT hotkey, coalesce(registered_at, least(retired_at, now())), retired_at
                FROM unnest(@hotkeys::text[], @registered::timestamptz[], @retired::timestamptz[]) AS given (hotkey, registered_at, retired_at)
                ON CONFLICT (hotkey) DO UPDATE
                SET registered_at = least(m.registered_at, EXCLUDED.registered_at), deregistered_at = coalesce(EXCLUDED.deregistered_at, m.deregistered_at)
                WHERE (m.registered_at, m.deregistered_at) IS DISTINCT FROM
                      (least(m.registered_at, EXCLUDED.registered_at), coalesce(EXCLUDED.deregistered_at, m.deregistered_at))
                RETURNING xmax = 0 AS is_new)
            SELECT (count(*) FILTER (WHERE is_new))::int4 AS added, (count(*) FILTER (WHERE NOT is_new))::int4 AS changed FROM written
            """,
            new
            {
                hotkeys = entries.Select(entry => entry.Hotkey).ToArray(),
                registered = entries.Select(entry => entry.RegisteredAt).ToArray(),
                retired = entries.Select(entry => entry.RetiredAt).ToArray(),
            },
            cancellationToken) ?? new Written();

    public static async Task<Written> WritePairsAsync(NpgsqlConnection connection, IReadOnlyCollection<RegistryEntry> entries, CancellationToken cancellationToken) =>
        await connection.OneAsync<Written>(
            """
            WITH written AS (
                INSERT INTO pglocks.trade_pairs AS p (trade_pair_id, display_name, asset_class, registered_at, retired_at)
                SELECT pair, display_name, asset_class, coalesce(registered_at, least(retired_at, now())), retired_at
                FROM unnest(@pairs::text[], @displayNames::text[], @assetClasses::text[], @registered::timestamptz[], @retired::timestamptz[])
                    AS given (pair, display_name, asset_class, registered_at, retired_at)
                ON CONFLICT (trade_pair_id) DO UPDATE
                SET display_name = coalesce(EXCLUDED.display_name, p.display_name), asset_class = coalesce(EXCLUDED.asset_class, p.asset_class),
                    registered_at = least(p.registered_at, EXCLUDED.registered_at), retired_at = coalesce(EXCLUDED.retired_at, p.retired_at)
                WHERE (p.display_name, p.asset_class, p.registered_at, p.retired_at) IS DISTINCT FROM
                      (coalesce(EXCLUDED.display_name, p.display_name), coalesce(EXCLUDED.asset_class, p.asset_class),
                       least(p.registered_at, EXCLUDED.registered_at), coalesce(EXCLUDED.retired_at, p.retired_at))
                RETURNING xmax = 0 AS is_new)
            SELECT (count(*) FILTER (WHERE is_new))::int4 AS added, (count(*) FILTER (WHERE NOT is_new))::int4 AS changed FROM written
            """,
            new
            {
                pairs = entries.Select(entry => entry.Pair).ToArray(),
                displayNames = entries.Select(entry => entry.DisplayName).ToArray(),
                assetClasses = entries.Select(entry => entry.AssetClass).ToArray(),
                registered = entries.Select(entry => entry.RegisteredAt).ToArray(),
                retired = entries.Select(entry => entry.RetiredAt).ToArray(),
            },
            cancellationToken) ?? new Written();

    /// <summary>When it was retired before: then nothing changes. Null: it is not registered.</summary>
    public static Task<DateTime?> RetireMinerAsync(NpgsqlConnection connection, string hotkey, CancellationToken cancellationToken) =>
        connection.OneAsync<DateTime?>(
            "UPDATE pglocks.miners SET deregistered_at = coalesce(deregistered_at, now()) WHERE hotkey = @hotkey RETURNING deregistered_at", new { hotkey }, cancellationToken);

    /// <inheritdoc cref="RetireMinerAsync"/>
    public static Task<DateTime?> RetirePairAsync(NpgsqlConnection connection, string pair, CancellationToken cancellationToken) =>
        connection.OneAsync<DateTime?>(
            "UPDATE pglocks.trade_pairs SET retired_at = coalesce(retired_at, now()) WHERE trade_pair_id = @pair RETURNING retired_at", new { pair }, cancellationToken);

    /// <summary>Takes back a retirement; what an import never does.</summary>
    public static Task<int?> ReviveMinerAsync(NpgsqlConnection connection, string hotkey, CancellationToken cancellationToken) =>
        connection.OneAsync<int?>(
            "UPDATE pglocks.miners SET deregistered_at = NULL WHERE hotkey = @hotkey AND deregistered_at IS NOT NULL RETURNING 1", new { hotkey }, cancellationToken);

    /// <inheritdoc cref="ReviveMinerAsync"/>
    public static Task<int?> RevivePairAsync(NpgsqlConnection connection, string pair, CancellationToken cancellationToken) =>
        connection.OneAsync<int?>(
            "UPDATE pglocks.trade_pairs SET retired_at = NULL WHERE trade_pair_id = @pair AND retired_at IS NOT NULL RETURNING 1", new { pair }, cancellationToken);
}
