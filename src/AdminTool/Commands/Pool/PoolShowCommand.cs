using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Pool;

/// <summary>pglocks pool show</summary>
internal sealed class PoolShowCommand(CommonOptions common) : DatabaseVerb(
    common,
    "show",
    "Shows how keys share slots, and how often callers waited because of another key of their slot: observed, and expected from hold times.",
    "pglocks pool show")
{
    private const int Top = 10;

    private static readonly Column<SharedSlot>[] Columns =
    [
        new("slot", "slot", CellKind.Id, slot => slot.Slot),
        new("keys", "keys", CellKind.Number, slot => slot.Keys),
        new("acquired", "acquired", CellKind.Number, slot => slot.Acquired),
        new("contended_slot", "collisions", CellKind.Number, slot => slot.ContendedSlot),
        new("contended_slot_ratio", "share", CellKind.Ratio, slot => slot.ContendedSlotRatio),
        new("expected_contended_slot", "expected", CellKind.Number, slot => slot.ExpectedContendedSlot),
    ];

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var pool = await database.ReadAsync(connection => PoolQueries.FactsAsync(connection, space, cancellationToken), cancellationToken);
        var now = await database.ReadAsync(connection => PoolQueries.NowAsync(connection, space, cancellationToken), cancellationToken);
        var shared = await database.ReadAsync(connection => PoolQueries.SharedSlotsAsync(connection, space, Top, cancellationToken), cancellationToken);
        return call.Answer(new Report
        {
            Facts =
            [
                new("space", "space", CellKind.Text, space.Name),
                new("class_id", "class", CellKind.Id, space.ClassId),
                new("pool_size", "slots", CellKind.Number, space.PoolSize),
                new("slots_owned", "slots owned now", CellKind.Number, now.SlotsOwned),
                new("waiters", "sessions waiting now", CellKind.Number, now.Waiters),
                new("keys", "keys", CellKind.Number, pool.Keys),
                new("expected_keys_per_slot", "keys a slot, even spread", CellKind.Number, (double)pool.Keys / space.PoolSize),
                new("most_keys_per_slot", "keys a slot, at most", CellKind.Number, pool.MostKeys),
                new("slots_with_keys", "slots with keys", CellKind.Number, pool.SlotsWithKeys),
                new("slots_shared", "slots that keys share", CellKind.Number, pool.SlotsShared),
                new("acquired", "acquired", CellKind.Number, pool.Acquired),
                new("contended_slot", "collisions", CellKind.Number, pool.ContendedSlot),
                new("contended_slot_ratio", "share of acquisitions", CellKind.Ratio, pool.Acquired == 0 ? null : (double)pool.ContendedSlot / pool.Acquired),
                new("expected_contended_slot", "collisions expected", CellKind.Number, pool.ExpectedContendedSlot),
            ],
            Listings = [Listing.Of("slots", shared, Columns, "No two keys share a slot.", "Slots that keys share, most collisions first")],
        });
    }
}
