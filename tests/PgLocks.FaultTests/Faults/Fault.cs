namespace PgLocks.FaultTests.Faults;

/// <summary>A kind of fault.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="HitsOneSeat">Whether it is done to one worker and not to all.</param>
/// <param name="InjectAsync">Does it, and returns when it is over.</param>
internal sealed record Fault(string Name, bool HitsOneSeat, Func<Arena, Injection, Task> InjectAsync)
{
    /// <summary>Takes too long for the form that runs with the tests.</summary>
    internal bool IsLong { get; init; }

    internal Aspect Aspect { get; init; }

    /// <summary>Why this machine cannot do it; null when it can.</summary>
    internal Func<string?> Obstacle { get; init; } = static () => null;

    /// <summary>Done only in a run that asks for it by name, because its server or its seats are started in a way of their own.</summary>
    internal bool IsApart { get; init; }

    internal static IReadOnlyList<Fault> All { get; } =
    [
        .. ProcessFaults.All.Concat(LoadFaults.All).Select(fault => fault with { Aspect = Aspect.Process }),
        .. SessionFaults.All.Select(fault => fault with { Aspect = Aspect.Sessions }),
        .. NetworkFaults.All.Select(fault => fault with { Aspect = Aspect.Network }),
        .. PartitionFaults.All.Select(fault => fault with { Aspect = Aspect.Network }),
        .. ServerFaults.All,
        .. ClockFaults.All,
        .. DiskFaults.All,
        .. PoolerFaults.All,
        .. PromotionFaults.All,
    ];

    /// <summary>The kinds that a run injects, as far as this machine can do them.</summary>
    internal static IReadOnlyList<Fault> Of(RunOptions options) => [.. Wanted(options).Where(fault => fault.Obstacle() is null)];

    /// <summary>The kinds that this machine cannot do, and why.</summary>
    internal static IReadOnlyDictionary<string, string> Impossible(RunOptions options) =>
        Wanted(options).Distinct().Where(fault => fault.Obstacle() is not null).ToDictionary(fault => fault.Name, fault => fault.Obstacle()!);

    internal static Fault Named(string name) => All.FirstOrDefault(fault => fault.Name == name)
        ?? throw new ArgumentException($"There is no fault '{name}'. There are: {string.Join(", ", All.Select(fault => fault.Name))}.");

    internal static Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);

    private static IEnumerable<Fault> Wanted(RunOptions options) =>
        options.Faults.Count > 0 ? options.Faults.Select(Named) : All.Where(fault => !fault.IsApart && (options.IsLong || !fault.IsLong));
}
