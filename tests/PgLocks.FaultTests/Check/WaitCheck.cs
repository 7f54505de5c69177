using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>I4: every acquire ends with a lease or a typed error, and in time.</summary>
internal static class WaitCheck
{
    /// <summary>Beyond any delay of a busy machine: a wait that ended so late was forgotten.</summary>
    private const double ForgottenMs = 3000;

    internal static IEnumerable<Violation> Check(History history)
    {
        foreach (var untyped in history.Of(Happening.Untyped))
            yield return new Violation("I4", $"An acquire of key {untyped.Key} ended with an exception that is not in the contract: {untyped.Text}", untyped.Key, untyped.At);
        foreach (var late in Measure(history).Where(late => late.OwnMs > ForgottenMs))
            yield return new Violation("I4", $"An acquire ended late: {late}", late.Wait.Key, late.Wait.At);
    }

    /// <summary>Of each wait that timed out.</summary>
    internal static IEnumerable<Lateness> Measure(History history) =>
        history.Of(Happening.Refused).Where(entry => entry.Text == nameof(LockTimeoutException)).Select(entry => Measure(entry, history));

    /// <summary>Of each wait that has nothing to do with locks.</summary>
    internal static IEnumerable<Lateness> MeasureControls(History history) => history.Of(Happening.Controlled).Select(entry => Measure(entry, history));

    private static Lateness Measure(Entry entry, History history)
    {
        var timeout = Times.Ticks(TimeSpan.FromMilliseconds(entry.Section));
        // The worker reads its clock and calls: where it stood still between the two, the library's time began afterwards.
        var begun = history.AwakeAt(entry.Worker, entry.Number);
        var due = begun + timeout;
        return new Lateness(
            entry, Times.Milliseconds(entry.Number + timeout, entry.At), OwnUntil(entry.At), entry.Token > Happening.ByServer ? OwnUntil(begun + entry.Token - entry.Number) : null);

        double OwnUntil(long at) => Times.Milliseconds(due, at) - history.StalledMilliseconds(entry.Worker, due, at);
    }
}
