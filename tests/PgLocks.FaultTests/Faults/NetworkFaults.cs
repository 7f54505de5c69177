using PgLocks.TestKit.Network;

namespace PgLocks.FaultTests.Faults;

/// <summary>Done to the network between one worker's lock sessions and the server. Its data goes another way and still arrives.</summary>
internal static class NetworkFaults
{
    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("net-stall", true, (arena, injection) => ForAsync(arena, injection, 5, proxy => proxy.Stall())),
        new("net-one-way", true, (arena, injection) => ForAsync(arena, injection, 3, proxy => proxy.StallAnswers())),
        new("net-delay", true, (arena, injection) => ForAsync(arena, injection, 3, proxy => proxy.Delay = TimeSpan.FromMilliseconds(200))),
        new("net-cut", true, (arena, injection) => ForAsync(arena, injection, 0, proxy => proxy.Cut())),
        new("net-reset", true, (arena, injection) => ForAsync(arena, injection, 0, proxy => proxy.Reset())),
    ];

    private static async Task ForAsync(Arena arena, Injection injection, double seconds, Action<TcpProxy> disturb)
    {
        var proxy = arena.SeatOf(injection).Proxy;
        injection.Start();
        disturb(proxy);
        await Fault.WaitAsync(seconds);
        proxy.Delay = TimeSpan.Zero;
        proxy.Resume();
        injection.End();
    }
}
