using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>What the server knows of slots: the authority on who owns what.</summary>
internal static class LockTable
{
    public const int ClassId = 1346849792;

    private const string Slots = """
        FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.classid = 1346849792::oid AND l.objsubid = 2 AND l.objid < 4096::oid
        """;

    public static Task<long> OwnersAsync(this TestDatabase database, int slot) =>
        database.ScalarAsync<long>($"SELECT count(*) {Slots} AND l.granted AND l.objid = $1::int8::oid", (long)slot);

    public static Task<long> WaitersAsync(this TestDatabase database, int slot) =>
        database.ScalarAsync<long>($"SELECT count(*) {Slots} AND NOT l.granted AND l.objid = $1::int8::oid", (long)slot);

    public static Task<int> OwnerPidAsync(this TestDatabase database, int slot) =>
        database.ScalarAsync<int>($"SELECT l.pid {Slots} AND l.granted AND l.objid = $1::int8::oid", (long)slot);

    public static Task<int> WaiterPidAsync(this TestDatabase database, int slot) =>
        database.ScalarAsync<int>($"SELECT l.pid {Slots} AND NOT l.granted AND l.objid = $1::int8::oid", (long)slot);

    /// <summary>Advisory locks of the database, whoever holds or wants them.</summary>
    public static Task<long> AnyLocksAsync(this TestDatabase database) =>
        database.ScalarAsync<long>("SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.locktype = 'advisory'");

    public static Task<long> SessionsAsync(this TestDatabase database) =>
        database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'pglocks:%'");

    public static Task<long> LastNumberAsync(this TestDatabase database, int slot) =>
        database.ScalarAsync<long>("SELECT coalesce(pg_sequence_last_value(('pglocks.slot_1346849792_' || $1::int)::regclass), 0)", slot);

    /// <summary>Leaves the slot's numbers as an owner does that dies owning: one drawn, and none for its release.</summary>
    public static async Task DieOwningAsync(this TestDatabase database, int slot) =>
        await database.ExecuteAsync("SELECT nextval($1::text::regclass)", $"pglocks.slot_{ClassId}_{slot}");

    public static async Task NothingIsLeftAsync(this TestDatabase database)
    {
        await Eventually.EqualAsync(0, database.AnyLocksAsync, because: "no advisory lock is left");
        await Eventually.EqualAsync(0, database.SessionsAsync, because: "no session is left");
    }

    public static Task UntilWaitedForAsync(this TestDatabase database, int slot, long waiters = 1) =>
        Eventually.EqualAsync(waiters, () => database.WaitersAsync(slot), because: $"{waiters} sessions wait for slot {slot}");

    public static Task UntilOwnedAsync(this TestDatabase database, int slot, bool owned = true) =>
        Eventually.EqualAsync(owned ? 1 : 0, () => database.OwnersAsync(slot), because: $"slot {slot} is {(owned ? "owned" : "released")}");
}
