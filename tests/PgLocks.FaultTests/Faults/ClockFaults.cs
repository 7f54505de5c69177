using PgLocks.AdminTool.Demo;
using PgLocks.TestKit;

namespace PgLocks.FaultTests.Faults;

/// <summary>Wall clocks that jump by an hour. Nothing that keeps holders apart may go by them.</summary>
internal static class ClockFaults
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    internal static IReadOnlyList<Fault> All { get; } =
    [
        Kind("clock-of-worker", true, (arena, injection) => JumpAsync(injection, arena.Equipment.SeatClocks[injection.Seat!.Value])),
        Kind("clock-of-server", false, (arena, injection) => JumpAsync(injection, arena.Equipment.ServerClock!)),
        Kind("clock-back-crash", false, CrashAsync),
        Kind("clock-ahead-restart", false, RestartAsync),
    ];

    private static Fault Kind(string name, bool hitsOneSeat, Func<Arena, Injection, Task> inject) => new(name, hitsOneSeat, inject) { Obstacle = () => WallClock.Lack, IsApart = true };

    private static async Task JumpAsync(Injection injection, WallClock clock)
    {
        injection.Start();
        foreach (var ahead in new[] { Hour, -Hour, TimeSpan.Zero })
        {
            clock.Set(ahead);
            await Fault.WaitAsync(1);
        }
        injection.End();
    }

    /// <summary>A backend dies, and the server resets all of them, at a time that seems to lie before the server's start.</summary>
    private static async Task CrashAsync(Arena arena, Injection injection)
    {
        arena.Equipment.ServerClock!.Set(-Hour);
        await using var connection = await arena.OpenAsync();
        injection.Start();
        UnixSignal.Send(connection.ProcessID, UnixSignal.Kill);
        await arena.ColumnAsync<int>("SELECT 1");
        await Fault.WaitAsync(1);
        arena.Equipment.ServerClock.Set(TimeSpan.Zero);
        injection.End();
    }

    /// <summary>The server starts with a clock that is wrong and soon corrected: it seems to have run for an hour.</summary>
    private static async Task RestartAsync(Arena arena, Injection injection)
    {
        injection.Start();
        await arena.Server.StopAsync(ShutdownMode.Immediate);
        arena.Equipment.ServerClock!.Set(-Hour);
        await arena.Server.StartAgainAsync();
        arena.Equipment.ServerClock.Set(TimeSpan.Zero);
        injection.End();
    }
}
