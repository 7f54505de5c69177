using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>
/// I2: no section begins while another of its key is inside. One whose process is dead is not inside. One with the older token is excused if its
/// process stood still when the other began, or between its grant and its own begin.
/// </summary>
internal static class WitnessCheck
{
    internal static WitnessResult Check(History history)
    {
        var grants = history.Of(Happening.Granted).ToDictionary(entry => (entry.Key, entry.Token));
        var begins = history.Of(Happening.Entered).ToDictionary(entry => entry.Section);
        var violations = new List<Violation>();
        var excused = 0;
        foreach (var entered in begins.Values.Where(entry => entry.Number != 0))
        {
            var inside = Sections.WorkerOf(entered.Number);
            if (history.Deaths.TryGetValue(inside, out var death) && death <= entered.At)
                continue;
            var met = begins.GetValueOrDefault(entered.Number);
            var isMetStale = met is null || met.Token < entered.Token;
            var grantedAt = grants.TryGetValue((entered.Key, entered.Token), out var grant) ? grant.Number : entered.At;
            if (isMetStale ? history.WasPaused(inside, entered.At, entered.At) : history.WasPaused(entered.Worker, grantedAt, entered.At))
                excused++;
            else
                violations.Add(new Violation("I2", $"Section {entered.Section} (token {entered.Token}) of key {entered.Key} began in worker {entered.Worker} while section {entered.Number} (token {met?.Token}) of worker {inside} was inside.", entered.Key, entered.At));
        }
        return new WitnessResult(violations, excused);
    }
}

/// <param name="Violations">Two holders at once.</param>
/// <param name="Excused">Meetings that the protocol allows: the older one's process stood still.</param>
internal sealed record WitnessResult(IReadOnlyList<Violation> Violations, int Excused);
