using PgLocks.Keys;

namespace PgLocks;

/// <summary>The name of one lock: a position, that is one miner's holding in one trade pair.</summary>
/// <remarks>
/// Each part is 1 to 256 bytes of UTF-8 without control characters or lone surrogates, and a hotkey has no <c>:</c>,
/// so that <see cref="ToString"/> is unambiguous. Parts compare ordinally.
/// </remarks>
/// <param name="MinerHotkey">The miner's hotkey, for example an SS58 address.</param>
/// <param name="TradePairId">The trade pair's id, for example <c>EURUSD</c>.</param>
/// <exception cref="ArgumentException">A part breaks a rule; the message names the part and the rule.</exception>
public readonly record struct PositionKey(string MinerHotkey, string TradePairId)
{
    /// <summary>The miner's hotkey.</summary>
    public string MinerHotkey { get; init => field = KeyRules.Hotkey(value); } = KeyRules.Hotkey(MinerHotkey);

    /// <summary>The trade pair's id.</summary>
    public string TradePairId { get; init => field = KeyRules.Pair(value); } = KeyRules.Pair(TradePairId);

    /// <summary>The text whose SHA-256 chooses the slot: <c>hotkey:pair</c>.</summary>
    public override string ToString() => $"{MinerHotkey}:{TradePairId}";
}
