namespace OrderProcessor.Generator;

/// <summary>The pairs of the network: crypto, forex, equities, indices.</summary>
internal static class TradePairs
{
    public static IReadOnlyList<string> Ids { get; } =
    [
        "BTCUSD", "ETHUSD", "SOLUSD", "XRPUSD", "DOGEUSD", "ADAUSD", "TAOUSD",
        "AUDCAD", "AUDCHF", "AUDUSD", "AUDJPY", "AUDNZD", "CADCHF", "CADJPY", "CHFJPY", "EURAUD", "EURCAD", "EURUSD", "EURCHF", "EURGBP",
        "EURJPY", "EURNZD", "NZDCAD", "NZDCHF", "NZDJPY", "NZDUSD", "GBPAUD", "GBPCAD", "GBPCHF", "GBPJPY", "GBPNZD", "GBPUSD", "USDCAD",
        "USDCHF", "USDJPY", "USDMXN", "XAUUSD", "XAGUSD",
        "NVDA", "AAPL", "TSLA", "AMZN", "MSFT", "GOOG", "META",
        "SPX", "DJI", "NDX", "VIX", "FTSE", "GDAXI",
    ];
}
