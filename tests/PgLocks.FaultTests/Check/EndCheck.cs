using Npgsql;
using PgLocks.FaultTests.Traffic;
using PgLocks.TestKit;

namespace PgLocks.FaultTests.Check;

/// <summary>I6 after the end of all workers, I7 while they all live.</summary>
internal static class EndCheck
{
    /// <summary>Each takes 5 s to find, and more of them say no more.</summary>
    private const int EnoughSlots = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>A space in use cannot be changed, so nobody can start who maps keys otherwise.</summary>
    internal static async Task<IEnumerable<Violation>> CheckSpaceAsync(Arena arena)
    {
        await using var connection = await arena.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var change = new NpgsqlCommand("UPDATE pglocks.spaces SET pool_size = pool_size / 2", connection);
        try
        {
            await change.ExecuteNonQueryAsync();
            return [new Violation("I7", "The pool size of the space could be changed while instances are live.")];
        }
        catch (PostgresException)
        {
            return [];
        }
    }

    /// <summary>
    /// While nobody holds a lease any more and all instances live, every slot is to be had by a stranger: a lock that a session owns and its instance
    /// knows nothing of would stay. Whoever merely keeps a slot sees the stranger wait at its next heartbeat.
    /// </summary>
    internal static async Task<IEnumerable<Violation>> CheckSlotsAsync(Arena arena)
    {
        var violations = new List<Violation>();
        await using var connection = await arena.OpenPatientlyAsync();
        await ExecuteAsync("SET lock_timeout = '5s'");
        foreach (var slot in TrafficKeys.UsedSlots.TakeWhile(_ => violations.Count < EnoughSlots))
        {
            try
            {
                await ExecuteAsync("SELECT pg_advisory_lock(class_id, $1) FROM pglocks.spaces", slot);
                await ExecuteAsync("SELECT pg_advisory_unlock(class_id, $1) FROM pglocks.spaces", slot);
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                var owners = (await arena.LocksAsync()).Where(line => line.StartsWith($"slot {slot}:", StringComparison.Ordinal));
                violations.Add(new Violation("I6", $"Nobody holds a lease, and slot {slot} cannot be had. {string.Join("; ", owners)}"));
            }
        }
        return violations;

        async Task ExecuteAsync(string sql, params int[] arguments)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var argument in arguments)
                command.Parameters.Add(new() { Value = argument });
            await command.ExecuteNonQueryAsync();
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
