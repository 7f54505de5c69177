using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>I2: no section begins while another of its key is inside. One whose process is dead is not inside.</summary>
/// <remarks>
/// Excused is what the protocol allows, and nothing else: the section with the older token stood still, with its whole process, past the deadline of its own
/// lease; or its lock was its transaction's, and the server had ended that transaction.
/// </remarks>
internal static class WitnessCheck
{
    /// <summary>How soon a process that goes on has to end the sections whose leases it lost.</summary>
    private static readonly TimeSpan Awake = TimeSpan.FromMilliseconds(100);

    internal static WitnessResult Check(History history)
    {
        var begins = history.Of(Happening.Entered).ToDictionary(entry => entry.Section);
        var met = begins.Values.Where(entry => entry.Number != 0).ToArray();
        var deadlines = history.Of(Happening.Left).ToDictionary(entry => entry.Section, entry => entry.Number);
        var ended = history.Of(Happening.Acknowledged).Select(entry => entry.Section).ToHashSet();
        var violations = new List<Violation>();
        var (stoodStill, transactions) = (0, 0);
        foreach (var entered in met)
        {
            var inside = Sections.WorkerOf(entered.Number);
            if (history.Deaths.TryGetValue(inside, out var death) && death <= entered.At)
                continue;
            var older = begins.GetValueOrDefault(entered.Number);
            if (older is { Text: Happening.InTransaction } && older.Token < entered.Token && !ended.Contains(older.Section))
                transactions++;
            else if (older is null || older.Token < entered.Token ? Overslept(entered.Number, entered.At) : IsLate(entered))
                stoodStill++;
            else
                violations.Add(new Violation("I2", $"Section {entered.Section} (token {entered.Token}) of key {entered.Key} began in worker {entered.Worker} while section {entered.Number} (token {older?.Token}) of worker {inside} was inside.", entered.Key, entered.At));
        }
        return new WitnessResult(violations, stoodStill, transactions);

        bool Overslept(long section, long at) =>
            deadlines.TryGetValue(section, out var deadline) && history.Overslept(Sections.WorkerOf(section), at, Awake, deadline);

        bool IsLate(Entry entered) => entered.Text == Happening.Late && history.WasPaused(entered.Worker, entered.At - Times.Ticks(Awake), entered.At);
    }
}

/// <param name="Violations">Two holders at once.</param>
/// <param name="StoodStill">Meetings of a section whose process had stood still past its lease's deadline.</param>
/// <param name="EndedTransactions">Meetings of a section whose transaction, and with it the lock, the server had ended.</param>
internal sealed record WitnessResult(IReadOnlyList<Violation> Violations, int StoodStill, int EndedTransactions);
