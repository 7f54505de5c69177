namespace PgLocks.FaultTests.Faults;

/// <summary>The primary is gone for ever, dead or cut off, and its synchronous standby takes its place; everybody is sent there, a moment before it is promoted.</summary>
internal static class PromotionFaults
{
    internal static IReadOnlyList<Fault> All { get; } = [new("promote", false, PromoteAsync) { IsApart = true }, new("promote-cut-off", false, PromoteCutOffAsync) { IsApart = true }];

    private static async Task PromoteAsync(Arena arena, Injection injection)
    {
        var pair = arena.Equipment.Pair!;
        injection.Start();
        await arena.Server.KillAsync();
        foreach (var proxy in Proxies(arena))
        {
            proxy.Redirect(pair.Standby.ConnectionString);
            proxy.Reset();
        }
        // Nobody may take the standby for the primary that it is not yet.
        await Fault.WaitAsync(1);
        await pair.Standby.PromoteAsync();
        arena.ConnectionString = pair.Standby.ConnectionString;
        injection.End();
    }

    /// <summary>
    /// The primary lives on with all its sessions, and nobody hears it any more: neither they, nor the standby, nor anybody who connects from now on. The standby
    /// is promoted at once, while every process still believes in its leases.
    /// </summary>
    private static async Task PromoteCutOffAsync(Arena arena, Injection injection)
    {
        var pair = arena.Equipment.Pair!;
        injection.Start();
        foreach (var proxy in Proxies(arena))
        {
            proxy.Redirect(pair.Standby.ConnectionString);
            proxy.Strand();
        }
        pair.Replication.Stall();
        await pair.Standby.PromoteAsync();
        arena.LeftBehind = arena.ConnectionString;
        arena.ConnectionString = pair.Standby.ConnectionString;
        injection.End();
    }

    private static IEnumerable<TestKit.Network.TcpProxy> Proxies(Arena arena) => arena.Seats.Select(seat => seat.Proxy).Concat(arena.Equipment.Pair!.DataProxies);
}
