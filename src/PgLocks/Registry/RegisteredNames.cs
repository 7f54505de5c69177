namespace PgLocks.Registry;

/// <summary>The miners and pairs of the registry at one moment; never changed, only replaced.</summary>
/// <param name="Number">The registry's count of changes then, or before.</param>
/// <param name="Miners">Hotkeys; true unless retired.</param>
/// <param name="Pairs">Trade pair ids; true unless retired.</param>
internal sealed record RegisteredNames(long Number, IReadOnlyDictionary<string, bool> Miners, IReadOnlyDictionary<string, bool> Pairs)
{
    /// <summary>Why a key does not count as registered; null when it does.</summary>
    internal UnregisteredReason? ReasonAgainst(PositionKey key)
    {
        if (!Miners.TryGetValue(key.MinerHotkey, out bool miner))
            return UnregisteredReason.UnknownMiner;
        if (!miner)
            return UnregisteredReason.RetiredMiner;
        if (!Pairs.TryGetValue(key.TradePairId, out bool pair))
            return UnregisteredReason.UnknownPair;
        return pair ? null : UnregisteredReason.RetiredPair;
    }

    internal bool IsRetired(PositionKey key) =>
        (Miners.TryGetValue(key.MinerHotkey, out bool miner) && !miner) || (Pairs.TryGetValue(key.TradePairId, out bool pair) && !pair);
}
