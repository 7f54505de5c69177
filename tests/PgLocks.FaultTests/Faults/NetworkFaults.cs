using PgLocks.TestKit.Network;

namespace PgLocks.FaultTests.Faults;

/// <summary>Done to the network between one worker's lock sessions and the server. Its data goes another way and still arrives.</summary>
internal static class NetworkFaults
{
    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("net-stall", true, (arena, injection) => ForAsync(arena, injection, 5, proxy => proxy.Stall(), "home", "listener")),
        new("net-one-way", true, (arena, injection) => ForAsync(arena, injection, 3, proxy => proxy.StallAnswers())),
        new("net-delay", true, (arena, injection) => ForAsync(arena, injection, 3, proxy => proxy.Delay = TimeSpan.FromMilliseconds(200))),
        new("net-stall-terminate", true, StallAndTerminateAsync),
        new("net-cut", true, (arena, injection) => ForAsync(arena, injection, 0, proxy => proxy.Cut())),
        new("net-reset", true, (arena, injection) => ForAsync(arena, injection, 0, proxy => proxy.Reset())),
    ];

    /// <summary>The server ends the worker's sessions, and the worker cannot hear of it: others could have its slots while it still believes in them.</summary>
    private static async Task StallAndTerminateAsync(Arena arena, Injection injection)
    {
        Task terminating = Task.CompletedTask;
        await ForAsync(arena, injection, 3, proxy =>
        {
            proxy.StallAnswers();
            terminating = arena.ColumnAsync<bool>("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE $1", RunFiles.SessionName(injection.Worker!.Value, "%"));
        });
        await terminating;
    }

    private static async Task ForAsync(Arena arena, Injection injection, double seconds, Action<TcpProxy> disturb, params string[] ending)
    {
        var proxy = arena.SeatOf(injection).Proxy;
        injection.Start();
        disturb(proxy);
        await arena.WaitAsync(injection, seconds, ending);
        proxy.Delay = TimeSpan.Zero;
        proxy.Resume();
        injection.End();
    }
}
