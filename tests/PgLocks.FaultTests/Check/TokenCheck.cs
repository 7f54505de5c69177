using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests.Check;

/// <summary>I3: a key's tokens are never given twice, and grow: past all that were granted before the acquire was called, and with each increment in the database.</summary>
internal static class TokenCheck
{
    internal static IEnumerable<Violation> Check(History history, Ledgers ledgers)
    {
        foreach (var key in history.Of(Happening.Granted).GroupBy(entry => entry.Key))
        {
            foreach (var twice in key.GroupBy(entry => entry.Token).Where(same => same.Count() > 1))
                yield return new Violation("I3", $"Token {twice.Key} of key {key.Key} was granted {twice.Count()} times.", key.Key, twice.Last().At);
            Entry[] granted = [.. key];
            var (next, newest) = (0, long.MinValue);
            foreach (var called in granted.OrderBy(entry => entry.Number))
            {
                for (; granted[next].At < called.Number; next++)
                    newest = Math.Max(newest, granted[next].Token);
                if (called.Token <= newest)
                    yield return new Violation("I3", $"Token {called.Token} of key {key.Key} was granted by an acquire that was called after {newest} had been granted.", key.Key, called.At);
            }
        }
        foreach (var key in ledgers.Increments.GroupBy(row => row.Key))
        {
            foreach (var (earlier, later) in key.OrderBy(row => row.Value).Zip(key.OrderBy(row => row.Value).Skip(1)))
            {
                if (later.Token <= earlier.Token)
                    yield return new Violation("I3", $"Key {key.Key} became {earlier.Value} under token {earlier.Token} and then {later.Value} under {later.Token}.", key.Key);
            }
        }
    }
}
