using Npgsql;
using NpgsqlTypes;
using PgLocks.IntegrationTests.Locks;
using PgLocks.Postgres;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Pitfalls;

/// <summary>What the server does, on which PgLocks is built: a version that does otherwise fails here first.</summary>
public sealed class ServerFactTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    [Trait("Pitfall", "3: locks are per database, and not replicated")]
    public async Task AdvisoryLock_InTwoDatabases_IsTwoLocks()
    {
        await using var other = await server.CreateDatabaseAsync();
        await using var here = await _database.OpenForeignAsync();
        await using var there = await other.OpenForeignAsync();

        Assert.Equal(true, await AskAsync(here, "SELECT pg_try_advisory_lock(7, 1)"));
        Assert.Equal(true, await AskAsync(there, "SELECT pg_try_advisory_lock(7, 1)"));
    }

    [Fact]
    [Trait("Pitfall", "9: session locks are counted")]
    public async Task AdvisoryLock_LockedTwice_IsOneRowThatNeedsTwoUnlocks()
    {
        await using var session = await _database.OpenForeignAsync();
        await using var other = await _database.OpenForeignAsync();
        await session.ExecuteAsync("SELECT pg_advisory_lock(7, 1)");
        await session.ExecuteAsync("SELECT pg_advisory_lock(7, 1)");

        Assert.Equal(1, await _database.AnyLocksAsync());
        Assert.Equal(true, await AskAsync(session, "SELECT pg_advisory_unlock(7, 1)"));
        Assert.Equal(false, await AskAsync(other, "SELECT pg_try_advisory_lock(7, 1)"));
        Assert.Equal(true, await AskAsync(session, "SELECT pg_advisory_unlock(7, 1)"));
        Assert.Equal(false, await AskAsync(session, "SELECT pg_advisory_unlock(7, 1)"));
    }

    [Fact]
    [Trait("Pitfall", "10: a pooled connection keeps its locks")]
    public async Task PooledConnection_Closed_KeepsItsLock()
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        await using (var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken))
            await connection.ExecuteAsync("SELECT pg_advisory_lock(7, 1)");

        Assert.Equal(1, await _database.AnyLocksAsync());
    }

    [Fact]
    [Trait("Pitfall", "22: a lock function beside LIMIT or WHERE locks too much")]
    public async Task LockFunction_BesideALimit_LocksRowsThatAreNotReturned()
    {
        await using var session = await _database.OpenForeignAsync();

        Assert.Equal(3, await AskAsync(session, "SELECT n FROM generate_series(1, 3) AS n WHERE pg_try_advisory_lock(7, n) ORDER BY n DESC LIMIT 1"));

        Assert.Equal(3, await _database.AnyLocksAsync());
    }

    [Fact]
    [Trait("Pitfall", "22: a lock function beside LIMIT or WHERE locks too much")]
    public async Task TryGain_OneOfThreeOwnedElsewhere_LocksAndDrawsTheOthersAndNothingElse()
    {
        await using var foreign = await _database.OpenForeignAsync();
        await foreign.ExecuteAsync("SELECT pg_advisory_lock($1, 2)", LockTable.ClassId);
        await using var session = await _database.OpenForeignAsync();
        var sequences = await _database.ColumnAsync<uint>($"SELECT ('pglocks.slot_{LockTable.ClassId}_' || n)::regclass::oid FROM generate_series(1, 3) AS n");
        await using var tries = new NpgsqlCommand(Sql.TryGain(slots: 2, isOne: false), session)
        {
            Parameters =
            {
                new() { Value = LockTable.ClassId },
                new() { Value = (int[])[1, 2, 3] },
                new() { Value = sequences.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid },
            },
        };
        var drawn = new List<long?>();
        await using (var row = await tries.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await row.ReadAsync(TestContext.Current.CancellationToken))
                drawn.Add(row.IsDBNull(0) ? null : row.GetInt64(0));
        }

        Assert.Equal([1, null, 1], drawn);
        Assert.Equal(
            ["1", "3"],
            await _database.ColumnAsync<string>("SELECT objid::text FROM pg_locks WHERE locktype = 'advisory' AND pid = $1 ORDER BY objid", session.ProcessID));
        Assert.Equal(0, await _database.LastNumberAsync(2));
    }

    /// <summary>Of one slot the statement has another form, without arrays.</summary>
    [Fact]
    [Trait("Pitfall", "22: a lock function beside LIMIT or WHERE locks too much")]
    public async Task TryGainAndRelease_OneSlot_LockAndDrawOnceAndNothingWhereAnotherOwnsIt()
    {
        await using var foreign = await _database.OpenForeignAsync();
        await using var session = await _database.OpenForeignAsync();
        await foreign.ExecuteAsync("SELECT pg_advisory_lock($1, 2)", LockTable.ClassId);

        Assert.Equal(DBNull.Value, await OfOneSlotAsync(session, Sql.TryGain(slots: 2, isOne: true), slot: 2));
        Assert.Equal(0, await _database.LastNumberAsync(2));
        Assert.Equal(1L, await OfOneSlotAsync(session, Sql.TryGain(slots: 2, isOne: true), slot: 1));
        Assert.Equal(1, await _database.LastNumberAsync(1));
        Assert.Equal(1L, await OfOneSlotAsync(session, Sql.Release(slots: 2, isOne: true), slot: 1));
        Assert.Equal(2, await _database.LastNumberAsync(1));
        Assert.Equal(1, await _database.AnyLocksAsync());
    }

    [Fact]
    [Trait("Pitfall", "23: the server keeps no time of a grant")]
    public async Task Waitstart_OfAGrantedLock_IsEmpty()
    {
        await using var holder = await _database.OpenForeignAsync();
        await using var waiter = await _database.OpenForeignAsync();
        const string Since = "SELECT waitstart IS NOT NULL FROM pg_locks WHERE locktype = 'advisory' AND pid = $1";
        await holder.ExecuteAsync("SELECT pg_advisory_lock(7, 1)");
        var wait = waiter.ExecuteAsync("SELECT pg_advisory_lock(7, 1)");
        await Eventually.ThatAsync(() => _database.ScalarAsync<bool>(Since, waiter.ProcessID), because: "a wait has a beginning");

        await holder.ExecuteAsync("SELECT pg_advisory_unlock(7, 1)");
        await wait;

        Assert.False(await _database.ScalarAsync<bool>(Since, waiter.ProcessID));
    }

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<object?> OfOneSlotAsync(NpgsqlConnection session, string sql, int slot)
    {
        var sequence = await AskAsync(session, $"SELECT 'pglocks.slot_{LockTable.ClassId}_{slot}'::regclass::oid");
        await using var command = new NpgsqlCommand(sql, session)
        {
            Parameters = { new() { Value = LockTable.ClassId }, new() { Value = slot }, new() { Value = sequence, NpgsqlDbType = NpgsqlDbType.Oid } },
        };
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
