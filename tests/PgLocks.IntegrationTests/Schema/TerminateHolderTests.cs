using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

public sealed class TerminateHolderTests(PostgresServer server)
{
    private const int ClassId = 1346849792;
    private const string Terminate = "SELECT pglocks.terminate_holder($1, $2, $3)";

    [Fact]
    public async Task TerminateHolder_TheVerySession_EndsItAndWritesItDown()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var holder = await HolderAsync(database, slot: 7);
        var start = await StartOfAsync(database, holder);

        Assert.True(await database.ScalarAsync<bool>(Terminate, holder.ProcessID, start, 7));

        await Eventually.EqualAsync(0, () => database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", holder.ProcessID));
        Assert.Equal(
            $"terminate {ClassId} 7 {holder.ProcessID} true",
            await database.ScalarAsync<string>("SELECT concat_ws(' ', kind, class_id, slot, data->>'backend_pid', data->>'terminated') FROM pglocks.lock_events"));
    }

    [Theory]
    [InlineData(1, 0, 7, "no session has the pid")]
    [InlineData(0, 1, 7, "is another one")]
    [InlineData(0, 0, 8, "does not hold slot 8")]
    [InlineData(0, 0, -1, "does not hold slot -1")]
    public async Task TerminateHolder_NotTheVerySession_TouchesNobody(int otherPid, int laterSeconds, int slot, string problem)
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var holder = await HolderAsync(database, slot: 7);
        var start = await StartOfAsync(database, holder);

        var error = await Refusal.OfAsync(
            () => database.ScalarAsync<bool>(Terminate, otherPid == 0 ? holder.ProcessID : int.MaxValue, start.AddSeconds(laterSeconds), slot));

        Assert.Contains(problem, error.MessageText, StringComparison.Ordinal);
        Assert.Equal(1, await holder.ScalarAsync<int>("SELECT 1"));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_events"));
    }

    [Fact]
    public async Task TerminateHolder_OnlyWaitsForTheSlot_IsRefused()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var holder = await HolderAsync(database, slot: 7);
        await using var waiter = await database.OpenAsync(TestContext.Current.CancellationToken);
        var start = await StartOfAsync(database, waiter);
        var waiting = waiter.ExecuteAsync("SELECT pg_advisory_lock($1, 7)", ClassId);
        await database.WaitsForAsync(waiter.ProcessID, "advisory");

        var error = await Refusal.OfAsync(() => database.ScalarAsync<bool>(Terminate, waiter.ProcessID, start, 7));
        await holder.ExecuteAsync("SELECT pg_advisory_unlock($1, 7)", ClassId);

        Assert.Contains("does not hold slot 7", error.MessageText, StringComparison.Ordinal);
        await waiting;
    }

    [Fact]
    public async Task TerminateHolder_SameSlotNumberOfAnotherSpace_IsRefused()
    {
        await using var database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("SELECT pglocks.create_space('other', 16)");
        await using var holder = await HolderAsync(database, slot: 7);
        var start = await StartOfAsync(database, holder);

        var error = await Refusal.OfAsync(() => database.ScalarAsync<bool>("SELECT pglocks.terminate_holder($1, $2, 7, 'other')", holder.ProcessID, start));

        Assert.Contains("of space 'other'", error.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Pitfall", "26: pg_signal_backend ends anybody's session")]
    public async Task TerminateHolder_UnprivilegedAdmin_MayEndAHolderAndNobodyElse()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var admin = await TestRole.CreateAsync(database, memberOf: "pglocks_admin");
        await using var asAdmin = await admin.OpenAsync();
        await using var holder = await HolderAsync(database, slot: 7);
        var start = await StartOfAsync(database, holder);

        var directly = await Refusal.OfAsync(() => asAdmin.ExecuteAsync("SELECT pg_terminate_backend($1)", holder.ProcessID));
        Assert.True(await asAdmin.ScalarAsync<bool>(Terminate, holder.ProcessID, start, 7));

        Assert.Equal("42501", directly.SqlState);
        Assert.Equal(admin.Name, await database.ScalarAsync<string>("SELECT data->>'by' FROM pglocks.lock_events"));
    }

    private static async Task<NpgsqlConnection> HolderAsync(TestDatabase database, int slot)
    {
        var holder = await database.OpenAsync(TestContext.Current.CancellationToken);
        await holder.ExecuteAsync("SELECT pg_advisory_lock($1, $2)", ClassId, slot);
        return holder;
    }

    private static Task<DateTime> StartOfAsync(TestDatabase database, NpgsqlConnection session) =>
        database.ScalarAsync<DateTime>("SELECT backend_start FROM pg_stat_activity WHERE pid = $1", session.ProcessID);
}
