using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Registry;

public sealed class FirstUseTests(PostgresServer server)
{
    [Fact]
    public async Task Flush_ManyNewKeys_AreRegisteredInOneBatchAndNeverOnACallersWay()
    {
        const int Keys = 500;
        await using var database = await server.CreateDatabaseAsync();
        await using var provider = await database.StartProviderAsync(options => options.TelemetryInterval = Timeout.InfiniteTimeSpan);
        var counter = await StatementCounter.StartAsync(database);
        for (var i = 0; i < Keys; i++)
            (await provider.AcquireAsync(new PositionKey($"m{i}", $"P{i % 50}"), cancellationToken: TestContext.Current.CancellationToken)).Dispose();

        foreach (var table in (string[])["miners", "trade_pairs", "position_keys"])
            Assert.Equal(0, await counter.CountAsync($"INSERT INTO pglocks.{table} "));
        Assert.True(await provider.Instance.FlushAsync(TestContext.Current.CancellationToken));
        foreach (var table in (string[])["miners", "trade_pairs", "position_keys"])
            Assert.Equal(1, await counter.CountAsync($"INSERT INTO pglocks.{table} "));
        (await provider.AcquireAsync(new PositionKey("m1", "P1"), cancellationToken: TestContext.Current.CancellationToken)).Dispose();
        Assert.True(await provider.Instance.FlushAsync(TestContext.Current.CancellationToken));

        Assert.Equal(1, await counter.CountAsync("INSERT INTO pglocks.miners "));
        Assert.Equal((Keys, 50, Keys), (
            await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.miners"), await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.trade_pairs"),
            await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.position_keys WHERE slot = pglocks.slot_of((SELECT hotkey FROM pglocks.miners m WHERE m.miner_id = position_keys.miner_id), trade_pair_id)")));
    }
}
