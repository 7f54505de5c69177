using PgLocks.Keys;

namespace PgLocks.Benchmarks.Load;

/// <summary>Keys chosen by their slot.</summary>
internal static class SlotKeys
{
    internal const int PoolSize = 256;

    /// <summary>One key for each slot of the default pool, in the order of the slots.</summary>
    internal static int[] OnePerSlot()
    {
        var map = new SlotMap(PoolSize);
        return [.. KeySet.All().GroupBy(number => map.SlotOf(KeySet.Key(number))).OrderBy(slot => slot.Key).Select(slot => slot.First())];
    }
}
