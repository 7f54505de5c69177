namespace PgLocks;

/// <summary>With <see cref="PgLocksOptions.RequireRegistered"/>: a key whose miner or trade pair is not registered, or was retired, is not locked.</summary>
public sealed class UnregisteredKeyException : PgLockException
{
    internal UnregisteredKeyException(PositionKey key, UnregisteredReason reason)
        : base(Describe(key, reason), key) =>
        Reason = reason;

    /// <summary>What is missing.</summary>
    public UnregisteredReason Reason { get; }

    private static string Describe(PositionKey key, UnregisteredReason reason)
    {
        (string why, string remedy) = reason switch
        {
            UnregisteredReason.UnknownMiner => ("its miner is not registered", $"miners add {key.MinerHotkey}"),
            UnregisteredReason.RetiredMiner => ("its miner was retired", $"miners add {key.MinerHotkey}"),
            UnregisteredReason.UnknownPair => ("its trade pair is not registered", $"pairs add {key.TradePairId}"),
            _ => ("its trade pair was retired", $"pairs add {key.TradePairId}"),
        };
        return $"'{key}' is not locked: {why}. If it should be, run 'pglocks registry {remedy}', and try again after a heartbeat.";
    }
}

/// <summary>Why a key does not count as registered.</summary>
public enum UnregisteredReason
{
    /// <summary>The registry has no such miner.</summary>
    UnknownMiner,

    /// <summary>The miner was retired.</summary>
    RetiredMiner,

    /// <summary>The registry has no such trade pair.</summary>
    UnknownPair,

    /// <summary>The trade pair was retired.</summary>
    RetiredPair,
}
