using System.Globalization;

namespace PgLocks.AdminTool.Import;

/// <summary>A miner, a pair or a key, as a file or a command line names it.</summary>
internal sealed record RegistryEntry
{
    public string? Hotkey { get; init; }

    public string? Pair { get; init; }

    public string? DisplayName { get; init; }

    public string? AssetClass { get; init; }

    public DateTime? RegisteredAt { get; init; }

    public DateTime? RetiredAt { get; init; }

    /// <exception cref="LineException">A part is missing, breaks a rule, or is no time.</exception>
    public static RegistryEntry From(FileRecord record, RegistryParts needed)
    {
        var hotkey = Find(record, "miner_hotkey", "hotkey");
        var pair = Find(record, "trade_pair_id", "trade_pair", "pair");
        if (needed.HasFlag(RegistryParts.Hotkey) && hotkey is null)
            throw new LineException(record.Line, "has no miner_hotkey");
        if (needed.HasFlag(RegistryParts.Pair) && pair is null)
            throw new LineException(record.Line, "has no trade_pair_id");
        var entry = new RegistryEntry
        {
            Hotkey = needed.HasFlag(RegistryParts.Hotkey) ? hotkey : null,
            Pair = needed.HasFlag(RegistryParts.Pair) ? pair : null,
            DisplayName = Find(record, "display_name"),
            AssetClass = Find(record, "asset_class"),
            RegisteredAt = Time(record, "registered_at", "registered_ms"),
            RetiredAt = Time(record, "deregistered_at", "retired_at", "departed_at", "departed_ms"),
        };
        try
        {
            entry.Check();
            return entry;
        }
        catch (ArgumentException exception)
        {
            throw new LineException(record.Line, $"is refused: {exception.Message}");
        }
    }

    /// <summary>The rules of keys, on the parts that are there.</summary>
    /// <exception cref="ArgumentException">A part breaks a rule.</exception>
    public void Check() => _ = new PositionKey(Hotkey ?? "-", Pair ?? "-");

    private static string? Find(FileRecord record, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (record.Fields.TryGetValue(name, out var value))
                return value;
        }
        return null;
    }

    private static DateTime? Time(FileRecord record, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!record.Fields.TryGetValue(name, out var text))
                continue;
            if (name.EndsWith("_ms", StringComparison.Ordinal) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                && milliseconds < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
                return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                return time.UtcDateTime;
            throw new LineException(record.Line, $"has a {name} that is no time: '{text}'");
        }
        return null;
    }
}

/// <summary>What names an entry.</summary>
[Flags]
internal enum RegistryParts
{
    Hotkey = 1,
    Pair = 2,
}
