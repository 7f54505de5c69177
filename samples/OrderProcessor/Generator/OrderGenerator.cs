namespace OrderProcessor.Generator;

/// <summary>An endless stream of orders, skewed as real traffic is. The same seed and number of miners give the same stream.</summary>
public sealed class OrderGenerator(int seed, int miners = OrderGenerator.DefaultMiners)
{
    public const int DefaultMiners = 100;

    private const long FirstMs = 1_711_443_744_885;
    private const int LongestGapMs = 2_000;

    public IEnumerable<Order> Take(int count) => Stream().Take(count);

    private IEnumerable<Order> Stream()
    {
        var random = new Random(seed);
        var hotkeys = Enumerable.Range(0, miners).Select(_ => random.NextHotkey()).ToArray();
        var markets = (from hotkey in hotkeys from pair in TradePairs.Ids select new Market(random, hotkey, pair)).ToArray();
        // The hottest are not all of one miner.
        random.Shuffle(markets);
        var zipf = new Zipf(markets.Length);
        for (var now = FirstMs; ; now += random.Next(LongestGapMs))
            yield return markets[zipf.Next(random)].Next(now);
    }
}
