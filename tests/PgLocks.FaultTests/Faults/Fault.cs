namespace PgLocks.FaultTests.Faults;

/// <summary>A kind of fault.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="HitsOneSeat">Whether it is done to one worker and not to all.</param>
/// <param name="InjectAsync">Does it, and returns when it is over.</param>
internal sealed record Fault(string Name, bool HitsOneSeat, Func<Arena, Injection, Task> InjectAsync)
{
    /// <summary>Takes too long for the form that runs with the tests.</summary>
    internal bool IsLong { get; init; }

    internal static IReadOnlyList<Fault> All { get; } = [.. ProcessFaults.All, .. SessionFaults.All, .. ServerFaults.All, .. NetworkFaults.All, .. LoadFaults.All];

    /// <summary>The kinds that a run injects.</summary>
    internal static IReadOnlyList<Fault> Of(RunOptions options) => options.Faults.Count > 0
        ? [.. options.Faults.Select(name => All.FirstOrDefault(fault => fault.Name == name)
            ?? throw new ArgumentException($"There is no fault '{name}'. There are: {string.Join(", ", All.Select(fault => fault.Name))}."))]
        : [.. All.Where(fault => options.IsLong || !fault.IsLong)];

    internal static Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
}
