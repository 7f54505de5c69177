using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>I1: what the database has is what was acknowledged, and of what was sent without an answer all or nothing; nothing is overwritten.</summary>
internal static class IncrementCheck
{
    internal static IEnumerable<Violation> Check(History history, Ledgers ledgers)
    {
        var stored = ledgers.Increments.Select(row => row.Section).ToHashSet();
        var sent = history.Of(Happening.Committing).Select(entry => entry.Section).ToHashSet();
        foreach (var lost in history.Of(Happening.Acknowledged).Where(entry => !stored.Contains(entry.Section)))
            yield return new Violation("I1", $"The increment of key {lost.Key} by section {lost.Section} was acknowledged and is not in the database.", lost.Key, lost.At);
        foreach (var unknown in ledgers.Increments.Where(row => !sent.Contains(row.Section)))
            yield return new Violation("I1", $"Increment {unknown.Value} of key {unknown.Key} by section {unknown.Section} is in the database and was never sent.", unknown.Key);
        var rows = ledgers.Increments.ToLookup(row => row.Key);
        foreach (var (key, value) in ledgers.Counters)
        {
            if (rows[key].Count() != value)
                yield return new Violation("I1", $"Key {key} stands at {value} after {rows[key].Count()} increments.", key);
            foreach (var twice in rows[key].GroupBy(row => row.Value).Where(same => same.Count() > 1))
            {
                var sections = twice.Select(row => row.Section).ToHashSet();
                var at = history.Of(Happening.Committing).LastOrDefault(entry => sections.Contains(entry.Section))?.At ?? 0;
                yield return new Violation("I1", $"Key {key} became {twice.Key} twice, by the sections {string.Join(" and ", sections)}: an update was lost.", key, at);
            }
        }
    }
}
