namespace PgLocks.AdminTool.Demo;

/// <summary>Everything that a demo found out.</summary>
internal sealed record DemoResult
{
    public required DemoOptions Options { get; init; }

    public required int Orders { get; init; }

    public required int MalformedLines { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>Orders that were delivered again and had been committed before the kill.</summary>
    public required int Repeated { get; init; }

    public required int Failed { get; init; }

    public required KilledProcessor? Killed { get; init; }

    public required LockFigures? Locks { get; init; }

    public required Proof Proof { get; init; }

    public double OrdersPerSecond => Rate(Orders, Elapsed);

    /// <summary>Until the kill.</summary>
    public double UndisturbedOrdersPerSecond => Killed is { } killed ? Rate(killed.OrdersBefore, killed.ElapsedBefore) : OrdersPerSecond;

    /// <summary>Whether it showed what it should: all positions equal, or, without locks, updates lost.</summary>
    public bool IsAsExpected =>
        MalformedLines + Failed == 0 && (Options.UseLocks ? Proof.IsEqual : Proof.LostUpdates > 0);

    private static double Rate(int orders, TimeSpan elapsed) => elapsed > TimeSpan.Zero ? orders / elapsed.TotalSeconds : 0;
}
