using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>How the keys of a slot, what was waited for and what happened in it, are listed.</summary>
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

    public static readonly Column<WaitShare>[] Waits =
    [
        new("cause", "for", CellKind.Text, share => share.Cause, Audience.Programs),
        new("title", "for", CellKind.Text, share => Title(share.Cause), Audience.People),
        new("wait_ns", "waited", CellKind.Nanoseconds, share => share.WaitNs),
        new("ratio", "share", CellKind.Ratio, share => share.Ratio),
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

    private static string Title(string cause) => cause switch
    {
        "own_key" => "the same key in the same process",
        "own_yield" => "the slot, which the own process was giving away",
        "other_process" => "another process that held the same key",
        "other_key" => "another key of the slot (false contention)",
        "session" => "a session that could ask the server",
        "server" => "the server's answer",
        _ => "what the process did not tell",
    };
}
