using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>I4: every acquire ends with a lease or a typed error. How late, past its timeout, is measured where its process did not stand still.</summary>
internal static class WaitCheck
{
    /// <summary>Beyond any delay of a busy machine, or of a thread pool that is starved for 10 s: a wait that ended so late was forgotten.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(15);

    internal static IEnumerable<Violation> Check(History history)
    {
        foreach (var untyped in history.Of(Happening.Untyped))
            yield return new Violation("I4", $"An acquire of key {untyped.Key} ended with an exception that is not in the contract: {untyped.Text}", untyped.Key, untyped.At);
        foreach (var late in history.Of(Happening.Refused).Where(entry => Lateness(entry) > Forgotten.TotalMilliseconds && !StoodStill(history, entry)))
            yield return new Violation("I4", $"An acquire of key {late.Key} ended {Lateness(late):0} ms after its timeout.", late.Key, late.At);
    }

    /// <summary>By how many milliseconds each wait that timed out outlasted its timeout.</summary>
    internal static Latenesses Measure(History history)
    {
        var starved = history.Injections.Where(injection => injection.Fault.StartsWith("starve", StringComparison.Ordinal)).ToLookup(injection => injection.Worker);
        var late = history.Of(Happening.Refused).Where(entry => entry.Text == nameof(LockTimeoutException) && !StoodStill(history, entry)).ToLookup(entry => starved[entry.Worker].Any(injection => injection.StartedAt <= entry.At && injection.EndedAt >= entry.Number));
        return new Latenesses(Sorted(late[false]), Sorted(late[true]));
    }

    private static double[] Sorted(IEnumerable<Entry> refused) => [.. refused.Select(Lateness).Order()];

    private static double Lateness(Entry refused) => Times.Milliseconds(refused.Number, refused.At) - refused.Section;

    private static bool StoodStill(History history, Entry entry) => history.WasPaused(entry.Worker, entry.Number, entry.At);
}

/// <param name="Usual">Of waits whose caller could go on, sorted.</param>
/// <param name="Starved">Of waits in a process whose thread pool the fault itself had used up: the caller's continuation needs it, whatever the library does.</param>
internal sealed record Latenesses(double[] Usual, double[] Starved);
