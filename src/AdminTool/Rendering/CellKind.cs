namespace PgLocks.AdminTool.Rendering;

/// <summary>What a value means, so that people and programs each get it in their way.</summary>
internal enum CellKind
{
    Text,

    /// <summary>HOTKEY/PAIR, which people get shortened where there is no room.</summary>
    Key,

    /// <summary>A count or a number.</summary>
    Number,

    /// <summary>A number that names something, as a pid: people get it without separators.</summary>
    Id,

    /// <summary>Nanoseconds; people get a duration.</summary>
    Nanoseconds,

    /// <summary>Milliseconds; people get a duration.</summary>
    Milliseconds,

    /// <summary>From 0 to 1; people get per cent.</summary>
    Ratio,

    /// <summary>A moment; programs get ISO 8601 in UTC.</summary>
    Time,

    Flag,
}
