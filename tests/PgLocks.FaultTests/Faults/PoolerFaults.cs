using PgLocks.TestKit;

namespace PgLocks.FaultTests.Faults;

/// <summary>All lock sessions go through one PgBouncer in session mode, and it dies. The data goes another way and still arrives.</summary>
internal static class PoolerFaults
{
    /// <summary>Longer than the server's lease.</summary>
    private const double OutageSeconds = 4;

    internal static IReadOnlyList<Fault> All { get; } = [Kind("pooler-kill", 0), Kind("pooler-outage", OutageSeconds)];

    private static Fault Kind(string name, double seconds) =>
        new(name, false, (arena, injection) => KillAsync(arena.Equipment.Pooler!, injection, seconds)) { Obstacle = () => PgBouncerServer.Lack, IsApart = true };

    private static async Task KillAsync(PgBouncerServer pooler, Injection injection, double seconds)
    {
        injection.Start();
        await pooler.KillAsync();
        await Fault.WaitAsync(seconds);
        await pooler.StartAgainAsync();
        injection.End();
    }
}
