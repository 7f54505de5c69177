namespace PgLocks.Postgres;

/// <summary>How long to wait before the next try to connect: 50 ms, doubled up to 1 s.</summary>
internal static class Backoff
{
    internal static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    internal static TimeSpan Next(TimeSpan last) => last * 2 < Longest ? last * 2 : Longest;
}
