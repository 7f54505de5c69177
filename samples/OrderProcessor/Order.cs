using PgLocks;

namespace OrderProcessor;

public enum OrderType
{
    Long,
    Short,
    Flat,
}

/// <summary>One line of the stream: a miner changes the leverage of a position, or closes it (FLAT).</summary>
public sealed record Order
{
    public required Guid OrderUuid { get; init; }

    public required Guid PositionUuid { get; init; }

    public required string MinerHotkey { get; init; }

    public required string TradePair { get; init; }

    public required OrderType OrderType { get; init; }

    /// <summary>What the order adds to the position: negative for SHORT, zero for FLAT.</summary>
    public required decimal Leverage { get; init; }

    public required decimal Price { get; init; }

    /// <summary>Unix time in milliseconds.</summary>
    public required long ProcessedMs { get; init; }

    /// <summary>The lock of its position. A miner has one open position a pair.</summary>
    public PositionKey Key() => new(MinerHotkey, TradePair);
}
