namespace PgLocks.Postgres;

/// <summary>How long to wait before the next try to connect: 50 ms, doubled up to 400 ms: what a server that comes up is waited for is added to the lock delay.</summary>
internal static class Backoff
{
    internal static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(400);

    internal static TimeSpan Next(TimeSpan last) => last * 2 < Longest ? last * 2 : Longest;
}
