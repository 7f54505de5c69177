using PgLocks.FaultTests.Traffic;
using PgLocks.TestKit;

namespace PgLocks.FaultTests.Faults;

/// <summary>Done to the process of one worker.</summary>
internal static class ProcessFaults
{
    /// <summary>After that a supervisor starts a killed process again: when the next holders are known, whose processors it will want.</summary>
    private static readonly double AgainSeconds = Times.LockDelay.TotalSeconds + 0.5;

    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("kill", true, KillAsync),
        new("freeze-0.5s", true, (arena, injection) => FreezeAsync(arena, injection, 0.5)),
        new("freeze-3s", true, (arena, injection) => FreezeAsync(arena, injection, 3)),
        new("freeze-30s", true, (arena, injection) => FreezeAsync(arena, injection, 30)) { IsLong = true },
    ];

    private static async Task KillAsync(Arena arena, Injection injection)
    {
        injection.Start();
        await arena.SeatOf(injection).KillAsync();
        await Fault.WaitAsync(AgainSeconds);
        injection.End();
        await arena.SeatOf(injection).StartAsync();
    }

    private static async Task FreezeAsync(Arena arena, Injection injection, double seconds)
    {
        var seat = arena.SeatOf(injection);
        injection.Start();
        seat.Process.Signal(ProcessSignal.Stop);
        try
        {
            await arena.WaitAsync(injection, seconds, seconds > Times.ServerLease.TotalSeconds ? ["home"] : []);
        }
        finally
        {
            seat.Process.Signal(ProcessSignal.Continue);
        }
        injection.End();
    }
}
