using Npgsql;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>gain_xact_lock, by its answers: what it says, holds and draws.</summary>
public sealed class GainXactLockTests(PostgresServer server) : IAsyncLifetime
{
    private const int Slot = 7;

    private static readonly string Sequence = $"pglocks.slot_{LockTable.ClassId}_{Slot}";

    private TestDatabase _database = null!;
    private NpgsqlConnection _session = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _session = await _database.OpenAsync();
        await _session.ExecuteAsync("BEGIN");
        await _session.ExecuteAsync("SET LOCAL lock_timeout = '12345ms'");
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(0, "NULL", "undo", 1L, 2L, true)]
    [InlineData(2, "0", "undo", 3L, 4L, true)]
    [InlineData(3, "NULL", "undo", -1L, 3L, false)]
    [InlineData(3, "0", "undo", -1L, 3L, false)]
    [InlineData(3, "0", "keep", -1L, 3L, true)]
    [InlineData(3, "NULL", "grant", 5L, 6L, true)]
    [InlineData(2, "NULL", "undo", -1L, 2L, false, true)]
    [InlineData(2, "NULL", "grant", 3L, 4L, true, true)]
    public async Task GainXactLock_FreeSlot_AnswersByTheParity(int drawn, string wait, string afterDeath, long answer, long last, bool isLocked, bool isUnclean = false)
    {
        await _database.ExecuteAsync("SELECT nextval($1::text::regclass) FROM generate_series(1, $2)", Sequence, drawn);

        Assert.Equal(answer, await GainAsync(wait, afterDeath, isUnclean));

        Assert.Equal(last, await _database.LastNumberAsync(Slot));
        Assert.Equal(isLocked ? 1 : 0, await _database.OwnersAsync(Slot));
        await AssertUsableAsync();
    }

    [Theory]
    [InlineData("NULL")]
    [InlineData("50")]
    public async Task GainXactLock_OwnedByAnother_AnswersZeroAndFailsNoStatement(string wait)
    {
        await using var owner = await _database.OpenAsync();
        await owner.ExecuteAsync("SELECT pg_advisory_lock($1, $2)", LockTable.ClassId, Slot);

        Assert.Equal(0, await GainAsync(wait));

        Assert.Equal(owner.ProcessID, await _database.OwnerPidAsync(Slot));
        await AssertUsableAsync();
    }

    [Theory]
    [InlineData("recovered_at = recovered_at - interval '1 hour'")]
    [InlineData("timeline = 0")]
    public async Task GainXactLock_ServerMayHaveLostNumbers_LocksAndDrawsNothing(string change)
    {
        await _database.ExecuteAsync($"UPDATE pglocks.spaces SET {change}");

        Assert.Equal(-2, await GainAsync("0", "grant", isUnclean: true));

        Assert.Equal(0, await _database.LastNumberAsync(Slot));
        Assert.Equal(0, await _database.OwnersAsync(Slot));
        await AssertUsableAsync();
    }

    [Fact]
    public async Task GainXactLock_OtherIsolation_AnswersNothing()
    {
        await _session.ExecuteAsync("ROLLBACK");
        await _session.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ");

        Assert.True(await _session.ScalarAsync<bool>($"SELECT {Call("NULL", "undo", isUnclean: false)} IS NULL"));

        Assert.Equal(0, await _database.OwnersAsync(Slot));
    }

    private Task<long> GainAsync(string wait, string afterDeath = "undo", bool isUnclean = false) => _session.ScalarAsync<long>($"SELECT {Call(wait, afterDeath, isUnclean)}");

    private static string Call(string wait, string afterDeath, bool isUnclean) =>
        $"pglocks.gain_xact_lock({LockTable.ClassId}, {Slot}, '{Sequence}'::regclass, {isUnclean}, {wait}, '{afterDeath}')";

    /// <summary>With the caller's own settings, and an end of the transaction that leaves nothing behind.</summary>
    private async Task AssertUsableAsync()
    {
        Assert.Equal("12345ms", await _session.ScalarAsync<string>("SHOW lock_timeout"));
        await _session.ExecuteAsync("COMMIT");
        Assert.False(await _session.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())"));
    }
}
