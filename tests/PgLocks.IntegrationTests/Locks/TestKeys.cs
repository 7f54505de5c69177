using PgLocks.Keys;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>Keys of which a test knows the slot.</summary>
internal static class TestKeys
{
    private static readonly SlotMap Map = new(256);

    public static readonly PositionKey Key = new("5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t", "EURUSD");

    public static int Slot(this PositionKey key) => Map.SlotOf(key);

    /// <summary>Different keys of one slot.</summary>
    public static PositionKey[] OfSlot(int slot, int count) =>
        [.. Enumerable.Range(0, int.MaxValue).Select(i => new PositionKey($"miner{i}", "BTCUSD")).Where(key => key.Slot() == slot).Take(count)];

    /// <summary>Keys of as many slots.</summary>
    public static PositionKey[] OfSlots(int count) => [.. Enumerable.Range(0, count).Select(slot => OfSlot(slot, 1)[0])];
}
