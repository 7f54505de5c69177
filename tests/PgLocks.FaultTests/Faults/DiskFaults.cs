using PgLocks.TestKit;

namespace PgLocks.FaultTests.Faults;

/// <summary>The disk of the telemetry is full. Its rows have to wait, or are counted as dropped; locks have nothing to do with it.</summary>
internal static class DiskFaults
{
    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("disk-full", false, FillAsync) { Obstacle = () => SmallDisk.Lack, IsApart = true },
        new("disk-full-stop", true, StopAsync) { Obstacle = () => SmallDisk.Lack, IsApart = true },
    ];

    private static async Task FillAsync(Arena arena, Injection injection)
    {
        injection.Start();
        try
        {
            await arena.Equipment.Disk.FillAsync(arena.Server.ConnectionString);
            await Fault.WaitAsync(4);
        }
        finally
        {
            arena.Equipment.Disk.Free();
        }
        injection.End();
    }

    /// <summary>A process ends in good order and cannot write what it has: that is counted as dropped.</summary>
    private static async Task StopAsync(Arena arena, Injection injection)
    {
        var seat = arena.SeatOf(injection);
        try
        {
            await arena.Equipment.Disk.FillAsync(arena.Server.ConnectionString);
            await Fault.WaitAsync(1);
            injection.Start();
            if (await seat.StopAsync() is { } complaint)
                throw new InvalidOperationException(complaint);
        }
        finally
        {
            arena.Equipment.Disk.Free();
        }
        injection.End();
        await seat.StartAsync();
    }
}
