using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>How the keys of a slot, and what happened in it, are listed.</summary>
internal static class SlotColumns
{
    public static readonly Column<SlotKey>[] Keys =
    [
        new("key", "key", CellKind.Key, key => Names.Key(key.Hotkey, key.Pair), Audience.People),
        new("hotkey", "hotkey", CellKind.Text, key => key.Hotkey, Audience.Programs),
        new("pair", "pair", CellKind.Text, key => key.Pair, Audience.Programs),
        new("first_seen_at", "first seen", CellKind.Time, key => key.FirstSeenAt),
        new("last_seen_at", "last seen", CellKind.Time, key => key.LastSeenAt),
    ];

    public static readonly Column<LockEvent>[] Events =
    [
        new("at", "at", CellKind.Time, happened => happened.At),
        new("kind", "what", CellKind.Text, happened => happened.Kind),
        new("key", "key", CellKind.Key, happened => Names.Key(happened.Hotkey, happened.Pair), Audience.People),
        new("hotkey", "hotkey", CellKind.Text, happened => happened.Hotkey, Audience.Programs),
        new("pair", "pair", CellKind.Text, happened => happened.Pair, Audience.Programs),
        new("instance_id", "instance", CellKind.Text, happened => happened.InstanceId, Audience.Programs),
        new("data", "details", CellKind.Text, happened => happened.Data),
    ];
}
