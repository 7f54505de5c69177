using Dapper;
using Npgsql;

namespace OrderProcessor;

/// <summary>Positions and applied orders in the application's own tables, in the first schema of the connection's search path.</summary>
public static class PositionStore
{
    private const string CreateTables = """
        SELECT pg_advisory_xact_lock(hashtextextended('OrderProcessor tables', 0)); -- processors start at the same time
        CREATE TABLE IF NOT EXISTS positions (
            position_uuid uuid PRIMARY KEY, miner_hotkey text NOT NULL, trade_pair text NOT NULL, order_count int NOT NULL,
            net_leverage numeric NOT NULL, gross_leverage numeric NOT NULL, cost numeric NOT NULL, is_closed boolean NOT NULL,
            last_price numeric NOT NULL, last_processed_ms bigint NOT NULL, last_order_uuid uuid NOT NULL);
        CREATE TABLE IF NOT EXISTS applied_orders (order_uuid uuid PRIMARY KEY, position_uuid uuid NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
        """;

    private const string SelectPositions = """
        SELECT position_uuid, miner_hotkey, trade_pair, order_count, net_leverage, gross_leverage, cost, is_closed,
               last_price, last_processed_ms, last_order_uuid
        FROM positions
        """;

    private const string RecordAndSave = """
        WITH recorded AS (
            INSERT INTO applied_orders (order_uuid, position_uuid) VALUES (@orderUuid, @PositionUuid) ON CONFLICT DO NOTHING RETURNING 1
        )
        INSERT INTO positions
        SELECT @PositionUuid, @MinerHotkey, @TradePair, @OrderCount, @NetLeverage, @GrossLeverage, @Cost, @IsClosed,
               @LastPrice, @LastProcessedMs, @LastOrderUuid
        FROM recorded
        ON CONFLICT (position_uuid) DO UPDATE SET order_count = excluded.order_count, net_leverage = excluded.net_leverage,
            gross_leverage = excluded.gross_leverage, cost = excluded.cost, is_closed = excluded.is_closed, last_price = excluded.last_price,
            last_processed_ms = excluded.last_processed_ms, last_order_uuid = excluded.last_order_uuid
        """;

    static PositionStore() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    public static async Task CreateTablesAsync(NpgsqlDataSource database, CancellationToken cancellationToken = default)
    {
        await using var command = database.CreateCommand(CreateTables);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static Task<Position?> FindAsync(NpgsqlTransaction transaction, Guid positionUuid) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<Position>($"{SelectPositions} WHERE position_uuid = @positionUuid", new { positionUuid }, transaction);

    /// <summary>Writes the position and records the order that made it so; false, and nothing is written, when that order was applied before.</summary>
    public static async Task<bool> TrySaveAsync(NpgsqlTransaction transaction, Position position, Guid orderUuid)
    {
        var parameters = new DynamicParameters(position);
        parameters.Add("orderUuid", orderUuid);
        return await transaction.Connection!.ExecuteAsync(RecordAndSave, parameters, transaction) == 1;
    }

    public static async Task<IReadOnlyDictionary<Guid, Position>> AllAsync(NpgsqlConnection connection) =>
        (await connection.QueryAsync<Position>(SelectPositions)).ToDictionary(position => position.PositionUuid);
}
