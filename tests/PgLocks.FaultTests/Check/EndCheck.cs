using PgLocks.TestKit;

namespace PgLocks.FaultTests.Check;

/// <summary>I6 after the end of all workers, I7 while they all live.</summary>
internal static class EndCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>A space in use cannot be changed, so nobody can start who maps keys otherwise.</summary>
    internal static async Task<IEnumerable<Violation>> CheckSpaceAsync(Arena arena)
    {
        await using var connection = await arena.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var change = new Npgsql.NpgsqlCommand("UPDATE pglocks.spaces SET pool_size = pool_size / 2", connection);
        try
        {
            await change.ExecuteNonQueryAsync();
            return [new Violation("I7", "The pool size of the space could be changed while instances are live.")];
        }
        catch (Npgsql.PostgresException)
        {
            return [];
        }
    }

    /// <summary>Sessions of killed processes end with the server's lease.</summary>
    internal static async Task<IEnumerable<Violation>> CheckNothingLeftAsync(Arena arena)
    {
        IReadOnlyList<string> left = [];
        try
        {
            await Eventually.ThatAsync(async () => (left = await arena.ColumnAsync<string>(
                """
                SELECT 'lock ' || classid || '/' || objid || ' of backend ' || pid FROM pg_locks WHERE locktype = 'advisory'
                UNION ALL
                SELECT 'session ' || application_name FROM pg_stat_activity WHERE application_name LIKE 'pglocks:%'
                """)).Count == 0, Patience);
            return [];
        }
        catch (TimeoutException)
        {
            return left.Select(what => new Violation("I6", $"Left behind after shutdown: {what}"));
        }
    }
}
