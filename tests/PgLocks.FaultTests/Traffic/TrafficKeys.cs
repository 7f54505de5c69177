using PgLocks.Keys;

namespace PgLocks.FaultTests.Traffic;

/// <summary>The keys of a run, by index: hot ones that share two slots, cold ones over slots enough for turns, and for each seat a sentinel and a vigil.</summary>
internal static class TrafficKeys
{
    internal const int MostSeats = 6;
    internal const int Hot = HotSlots * KeysPerSlot;
    internal const int Shared = Hot + ColdSlots * KeysPerSlot;

    private const int HotSlots = 2;
    private const int ColdSlots = 24;
    private const int KeysPerSlot = 4;

    private static readonly SlotMap Map = new(256);

    internal static PositionKey[] All { get; } =
    [
        .. Enumerable.Range(0, HotSlots + ColdSlots).SelectMany(slot => OfSlot(slot).Take(KeysPerSlot)),
        .. Enumerable.Range(0, 2 * MostSeats).Select(seat => OfSlot(HotSlots + ColdSlots + seat).First()),
    ];

    private static readonly Dictionary<PositionKey, int> Indexes = All.Index().ToDictionary(key => key.Item, key => key.Index);

    private static readonly int[] Slots = [.. All.Select(Map.SlotOf)];

    /// <summary>The key that only this seat wants, and holds as long as it can: its loss shows when the process learns of a fault.</summary>
    internal static int Sentinel(int seat) => Shared + seat;

    /// <summary>The key that this seat holds as long as it can, while its neighbour waits for it: whoever does not notice a loss is met there.</summary>
    internal static int Vigil(int seat) => Shared + MostSeats + seat;

    internal static bool IsSentinel(int key) => key is >= Shared and < Shared + MostSeats;

    internal static int SlotOf(int key) => Slots[key];

    internal static IEnumerable<int> UsedSlots => Slots.Distinct();

    internal static int IndexOf(PositionKey key) => Indexes[key];

    private static IEnumerable<PositionKey> OfSlot(int slot) =>
        Enumerable.Range(0, int.MaxValue).Select(i => new PositionKey($"miner{i}", "BTCUSD")).Where(key => Map.SlotOf(key) == slot);
}
