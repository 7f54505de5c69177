using PgLocks.TestKit.Network;

namespace PgLocks.FaultTests.Faults;

/// <summary>Done to the network of one worker that runs in a network namespace of its own. Its data goes another way and still arrives.</summary>
internal static class PartitionFaults
{
    private const double Seconds = 6;

    internal static IReadOnlyList<Fault> All { get; } =
        [new("net-partition", true, CutAsync) { Obstacle = () => SeparateNetwork.Lack, IsApart = true }];

    /// <summary>Packets vanish, and nobody is told: neither the worker, nor the server, which soon has notifications for it that cannot be delivered.</summary>
    private static async Task CutAsync(Arena arena, Injection injection)
    {
        var network = arena.Equipment.NetworkOf(injection.Seat!.Value)!;
        var owners = await OwnersAsync(arena, injection.Worker!.Value);
        injection.Start();
        network.Cut();
        try
        {
            var length = Fault.WaitAsync(Seconds);
            while (!length.IsCompleted && injection.SessionGoneAt is null)
            {
                if (!(await OwnersAsync(arena, injection.Worker.Value)).Intersect(owners).Any())
                    injection.SessionGoneAt = TimeProvider.System.GetTimestamp();
                else
                    await Task.WhenAny(length, Fault.WaitAsync(0.01));
            }
            await length;
            if (injection.SessionGoneAt is null)
                throw new TimeoutException($"Sessions that nobody hears any more kept their slots for {Seconds} s.");
        }
        finally
        {
            network.Mend();
        }
        injection.End();
    }

    /// <summary>Backends of the worker that own a slot.</summary>
    private static Task<IReadOnlyList<int>> OwnersAsync(Arena arena, int worker) => arena.ColumnAsync<int>(
        """
        SELECT DISTINCT a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
         WHERE l.locktype = 'advisory' AND l.granted AND l.objid::int8 < 4096 AND a.application_name LIKE $1
        """, RunFiles.SessionName(worker, "%"));
}
