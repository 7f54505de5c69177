using Npgsql;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>One slot, looked into.</summary>
internal sealed record TopSlot(
    int Slot, IReadOnlyList<Holder> Holders, IReadOnlyList<Waiter> Waiters, IReadOnlyList<SlotKey> Keys, IReadOnlyList<WaitShare> Waits,
    IReadOnlyList<LockEvent> Events)
{
    private const int Newest = 20;

    public static async Task<TopSlot> ReadAsync(NpgsqlConnection connection, Space space, int slot, CancellationToken cancellationToken) => new(
        slot,
        await HolderQueries.OfSlotAsync(connection, space, slot, cancellationToken),
        await WaiterQueries.OfSlotAsync(connection, space, slot, cancellationToken),
        await SlotQueries.KeysAsync(connection, space, slot, Newest, cancellationToken),
        await WaitQueries.SharesAsync(connection, space, slot, cancellationToken),
        await SlotQueries.EventsAsync(connection, space, slot, Newest, cancellationToken));
}
