namespace OrderProcessor.Generator;

/// <summary>One miner in one pair: opens a position, changes it a few times, closes it, opens the next.</summary>
internal sealed class Market(Random random, string hotkey, string pair)
{
    private const int MostChanges = 20;

    private Guid _position;
    private int _changesLeft;
    private decimal _price = random.NextDecimal(0.5m, 1_500m, 5);

    public Order Next(long processedMs)
    {
        _price = Math.Max(0.00001m, Math.Round(_price * random.NextDecimal(0.995m, 1.005m, 6), 5));
        return _changesLeft > 0 ? Change(processedMs) : Open(processedMs);
    }

    private Order Open(long processedMs)
    {
        _position = random.NextGuid();
        _changesLeft = random.Next(1, MostChanges);
        return NewOrder(LongOrShort(), processedMs);
    }

    private Order Change(long processedMs) =>
        NewOrder(--_changesLeft == 0 ? 0 : LongOrShort(), processedMs);

    private decimal LongOrShort() => random.NextDecimal(0.001m, 0.5m, random.Next(3, 19)) * (random.Next(2) == 0 ? -1 : 1);

    private Order NewOrder(decimal leverage, long processedMs) => new()
    {
        OrderUuid = random.NextGuid(),
        PositionUuid = _position,
        MinerHotkey = hotkey,
        TradePair = pair,
        OrderType = leverage == 0 ? OrderType.Flat : leverage > 0 ? OrderType.Long : OrderType.Short,
        Leverage = leverage,
        Price = _price,
        ProcessedMs = processedMs,
    };
}
