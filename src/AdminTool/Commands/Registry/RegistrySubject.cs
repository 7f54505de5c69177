using Npgsql;
using PgLocks.AdminTool.Import;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Registry;

/// <summary>What a registry verb is about: miners, pairs or keys.</summary>
/// <param name="Name">miners, pairs or keys.</param>
/// <param name="Parts">What names one of them.</param>
/// <param name="Columns">How they are listed.</param>
/// <param name="ListAsync">All of them, or only those that are not retired.</param>
/// <param name="WriteAsync">Adds and completes.</param>
/// <param name="ReviveAsync">Takes back a retirement; 1 when there was one.</param>
internal sealed record RegistrySubject(
    string Name,
    RegistryParts Parts,
    IReadOnlyList<Column<Registered>> Columns,
    Func<NpgsqlConnection, Space, bool, CancellationToken, Task<IReadOnlyList<Registered>>> ListAsync,
    Func<NpgsqlConnection, Space, IReadOnlyCollection<RegistryEntry>, CancellationToken, Task<Written>> WriteAsync,
    Func<NpgsqlConnection, RegistryEntry, CancellationToken, Task<int?>> ReviveAsync)
{
    private static readonly Column<Registered> Hotkey = new("hotkey", "hotkey", CellKind.Key, row => row.Hotkey);
    private static readonly Column<Registered> Pair = new("pair", "pair", CellKind.Text, row => row.Pair);
    private static readonly Column<Registered> KeyCount = new("keys", "keys", CellKind.Number, row => row.Keys);
    private static readonly Column<Registered> RegisteredAt = new("registered_at", "registered", CellKind.Time, row => row.RegisteredAt);
    private static readonly Column<Registered> RetiredAt = new("retired_at", "retired", CellKind.Time, row => row.RetiredAt);
    private static readonly Column<Registered> LastSeenAt = new("last_seen_at", "last seen", CellKind.Time, row => row.LastSeenAt);

    public static RegistrySubject Miners { get; } = new(
        "miners", RegistryParts.Hotkey, [Hotkey, KeyCount, RegisteredAt, RetiredAt, LastSeenAt],
        RegistryQueries.MinersAsync,
        (connection, _, entries, cancellationToken) => RegistryQueries.WriteMinersAsync(connection, entries, cancellationToken),
        (connection, entry, cancellationToken) => RegistryQueries.ReviveMinerAsync(connection, entry.Hotkey!, cancellationToken));

    public static RegistrySubject Pairs { get; } = new(
        "pairs", RegistryParts.Pair,
        [
            Pair,
            new("display_name", "name", CellKind.Text, row => row.DisplayName),
            new("asset_class", "asset class", CellKind.Text, row => row.AssetClass),
            KeyCount, RegisteredAt, RetiredAt, LastSeenAt,
        ],
        RegistryQueries.PairsAsync,
        (connection, _, entries, cancellationToken) => RegistryQueries.WritePairsAsync(connection, entries, cancellationToken),
        (connection, entry, cancellationToken) => RegistryQueries.RevivePairAsync(connection, entry.Pair!, cancellationToken));

    public static RegistrySubject Keys { get; } = new(
        "keys", RegistryParts.Hotkey | RegistryParts.Pair,
        [Hotkey, Pair, new("slot", "slot", CellKind.Id, row => row.Slot), RegisteredAt, RetiredAt, LastSeenAt],
        KeyQueries.ListAsync,
        KeyQueries.WriteAsync,
        (_, _, _) => Task.FromResult<int?>(null));
}
