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

    /// <summary>
    /// A primary that was cut off has heard of nobody's end: its lock sessions must have ended by themselves. Connections of other pools may stay, and so may a
    /// transaction, with its lock, whose commit waits for a standby that will never answer.
    /// </summary>
    internal static async Task<IEnumerable<Violation>> CheckLeftBehindAsync(Arena arena)
    {
        if (arena.LeftBehind is not { } server)
            return [];
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        IReadOnlyList<string> left = [];
        try
        {
            await Eventually.ThatAsync(async () => (left = await LeftBehindAsync(connection)).Count == 0, Patience);
            return [];
        }
        catch (TimeoutException)
        {
            return left.Select(what => new Violation("I6", $"Left on the primary that was cut off: {what}"));
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

    private static async Task<IReadOnlyList<string>> LeftBehindAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT format('session %s (%s, %s)', a.application_name, a.state, a.wait_event) FROM pg_stat_activity a
             WHERE a.application_name SIMILAR TO 'pglocks:%:(home|listener|waiter)'
            UNION ALL
            SELECT format('lock %s/%s of %s (%s, %s)', l.classid, l.objid, a.application_name, a.state, a.wait_event)
              FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND a.wait_event IS DISTINCT FROM 'SyncRep'
            """, connection);
        await using var row = await command.ExecuteReaderAsync();
        var left = new List<string>();
        while (await row.ReadAsync())
            left.Add(row.GetString(0));
        return left;
    }
}
