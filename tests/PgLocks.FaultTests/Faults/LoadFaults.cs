using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Faults;

/// <summary>What a worker is ordered to do to itself.</summary>
internal static class LoadFaults
{
    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("cancel-storm", true, (arena, injection) => OrderAsync(arena, injection, Orders.Storm, 1000)),
        new("starve-2s", true, (arena, injection) => OrderAsync(arena, injection, Orders.Starve, 2000)),
        new("starve-10s", true, (arena, injection) => OrderAsync(arena, injection, Orders.Starve, 10_000)) { IsLong = true },
        new("collect-garbage", true, (arena, injection) => OrderAsync(arena, injection, Orders.Collect, 20)),
    ];

    private static async Task OrderAsync(Arena arena, Injection injection, string order, int size)
    {
        injection.Start();
        await arena.SeatOf(injection).OrderAsync($"{order} {size}", $"obeyed {order}");
        injection.End();
    }
}
