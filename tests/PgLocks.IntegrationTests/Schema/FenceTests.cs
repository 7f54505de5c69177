using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

public sealed class FenceTests(PostgresServer server)
{
    private const string Fence = "SELECT pglocks.fence(1, 2, $1)";

    [Fact]
    public async Task Fence_OlderSameAndNewerEpochs_ReturnsTheNewest()
    {
        await using var database = await server.CreateDatabaseAsync();

        Assert.Equal(3, await database.ScalarAsync<long>(Fence, 3L));
        Assert.Equal(3, await database.ScalarAsync<long>(Fence, 3L));
        Assert.Equal(5, await database.ScalarAsync<long>(Fence, 5L));
        Assert.Equal(5, await database.ScalarAsync<long>(Fence, 3L));
        Assert.Equal(5, await database.ScalarAsync<long>("SELECT epoch FROM pglocks.fences WHERE class_id = 1 AND slot = 2"));
    }

    [Fact]
    [Trait("Pitfall", "4: a weak row lock lets the next epoch through")]
    public async Task Fence_OlderTransactionInFlight_IsWaitedFor()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var older = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var newer = await database.OpenAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(Fence, 3L);
        await older.ExecuteAsync("BEGIN");
        Assert.Equal(3, await older.ScalarAsync<long>(Fence, 3L));

        var waiting = newer.ScalarAsync<long>(Fence, 5L);
        await database.WaitsForAsync(newer.ProcessID, "transactionid");
        await older.ExecuteAsync("COMMIT");

        Assert.Equal(5, await waiting);
    }

    [Fact]
    public async Task Fence_TransactionsOfOneEpoch_DoNotWaitForEachOther()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var first = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var second = await database.OpenAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(Fence, 3L);
        await first.ExecuteAsync("BEGIN");
        await first.ExecuteAsync(Fence, 3L);

        await second.ExecuteAsync("SET lock_timeout = '10ms'");

        Assert.Equal(3, await second.ScalarAsync<long>(Fence, 3L));
    }

    [Fact]
    public async Task Fence_NewerEpochCommittedWhileTheOlderWaited_TellsTheOlder()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var older = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var newer = await database.OpenAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(Fence, 3L);
        await newer.ExecuteAsync("BEGIN");
        await newer.ExecuteAsync(Fence, 5L);

        var waiting = older.ScalarAsync<long>(Fence, 3L);
        await database.WaitsForAsync(older.ProcessID, "transactionid");
        await newer.ExecuteAsync("COMMIT");

        Assert.Equal(5, await waiting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fence_TwoFirstUsersOfOneEpoch_DoNotDeadlock(bool isRowThere)
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var holder = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var first = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var second = await database.OpenAsync(TestContext.Current.CancellationToken);
        if (isRowThere)
            await database.ExecuteAsync(Fence, 3L);
        // Its row is there or on its way: both of the next epoch come while the one before is in flight.
        await holder.ExecuteAsync("BEGIN");
        await holder.ExecuteAsync(Fence, 3L);

        foreach (var session in (NpgsqlConnection[])[first, second])
            await session.ExecuteAsync("BEGIN");
        var one = first.ScalarAsync<long>(Fence, 5L);
        var two = second.ScalarAsync<long>(Fence, 5L);
        await Eventually.EqualAsync(
            2, () => database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1) AND wait_event_type = 'Lock'", new[] { first.ProcessID, second.ProcessID }));
        await holder.ExecuteAsync("COMMIT");
        var (winner, loser, winning, losing) = await Task.WhenAny(one, two) == one ? (one, two, first, second) : (two, one, second, first);
        await winner;
        await winning.ExecuteAsync("COMMIT");
        await loser;
        await losing.ExecuteAsync("COMMIT");

        Assert.Equal((5, 5), (await winner, await loser));
    }

    [Fact]
    public async Task Fence_TheEpochsFirstUserRollsBack_IsFirstUsedByTheNext()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var first = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var second = await database.OpenAsync(TestContext.Current.CancellationToken);
        await first.ExecuteAsync("BEGIN");
        await first.ExecuteAsync(Fence, 5L);

        var waiting = second.ScalarAsync<long>(Fence, 5L);
        await database.WaitsForAsync(second.ProcessID, "transactionid");
        await first.ExecuteAsync("ROLLBACK");

        Assert.Equal(5, await waiting);
        Assert.Equal(5, await database.ScalarAsync<long>("SELECT epoch FROM pglocks.fences"));
    }

    [Theory]
    [InlineData("REPEATABLE READ")]
    [InlineData("SERIALIZABLE")]
    [Trait("Pitfall", "4: a weak row lock lets the next epoch through")]
    public async Task Fence_OtherIsolationLevel_IsRefused(string isolation)
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);
        await session.ExecuteAsync($"BEGIN ISOLATION LEVEL {isolation}");

        var error = await Refusal.OfAsync(() => session.ScalarAsync<long>(Fence, 3L));

        Assert.Contains(isolation, error.MessageText, StringComparison.Ordinal);
        Assert.Contains("READ COMMITTED", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fence_Null_IsRefused()
    {
        await using var database = await server.CreateDatabaseAsync();

        await Refusal.OfAsync(() => database.ExecuteAsync("SELECT pglocks.fence(1, 2, NULL)"));
    }
}
