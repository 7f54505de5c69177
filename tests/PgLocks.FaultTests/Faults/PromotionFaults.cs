namespace PgLocks.FaultTests.Faults;

/// <summary>The primary is gone for ever, and its synchronous standby takes its place; everybody is sent there, a moment before it is promoted.</summary>
internal static class PromotionFaults
{
    internal static IReadOnlyList<Fault> All { get; } = [new("promote", false, PromoteAsync) { IsApart = true }];

    private static async Task PromoteAsync(Arena arena, Injection injection)
    {
        var pair = arena.Equipment.Pair!;
        injection.Start();
        await arena.Server.KillAsync();
        foreach (var proxy in arena.Seats.Select(seat => seat.Proxy).Concat(pair.DataProxies))
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
}
