using PgLocks.IntegrationTests.Faults;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Registry;

public sealed class RequireRegisteredTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly PositionKey Key = new("5GhC", "EURUSD");

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        await RunAsync("miners", "add", Key.MinerHotkey);
        await RunAsync("pairs", "add", Key.TradePairId);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireAsync_NotRegistered_IsRefusedByEveryWay()
    {
        await using var provider = await StartAsync();
        var unknown = new PositionKey("5Unknown", "EURUSD");
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        Func<Task>[] ways =
        [
            () => provider.AcquireAsync(unknown).AsTask(),
            () => provider.TryAcquireAsync(unknown).AsTask(),
            () => provider.GetLock("5Unknown", "EURUSD").AcquireAsync().AsTask(),
            () => provider.AcquireAllAsync([Key, unknown]).AsTask(),
            () => provider.AcquireInTransactionAsync(transaction, unknown).AsTask(),
        ];
        foreach (var way in ways)
            Assert.Equal((unknown, UnregisteredReason.UnknownMiner), Of(await Assert.ThrowsAsync<UnregisteredKeyException>(way)));

        var pair = await Assert.ThrowsAsync<UnregisteredKeyException>(() => provider.AcquireAsync(Key with { TradePairId = "XYZ" }).AsTask());
        Assert.Equal(UnregisteredReason.UnknownPair, pair.Reason);
        await using var lease = await provider.AcquireAsync(Key);
        await provider.Instance.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM pglocks.miners"));
    }

    [Fact]
    public async Task AcquireAsync_MinerAddedJustNow_IsGrantedWithinAHeartbeat()
    {
        await using var provider = await StartAsync();
        var position = provider.GetLock("5New", "EURUSD");
        await Assert.ThrowsAsync<UnregisteredKeyException>(() => position.AcquireAsync().AsTask());

        await RunAsync("miners", "add", "5New");

        await Eventually.ThatAsync(() => IsGrantedAsync(position), because: "the registry is read again");
    }

    [Fact]
    public async Task AcquireAsync_MinerRetired_CachedLockIsRefusedAndTheLeaseInProgressStands()
    {
        await using var provider = await StartAsync();
        var position = provider.GetLock(Key.MinerHotkey, Key.TradePairId);
        var lease = await position.AcquireAsync();
        var idle = Key with { TradePairId = "BTCUSD" };
        await RunAsync("pairs", "add", "BTCUSD");
        await Eventually.ThatAsync(() => IsGrantedAsync(provider.GetLock(idle.MinerHotkey, idle.TradePairId)), because: "the pair is known");

        await RunAsync("miners", "retire", Key.MinerHotkey);

        await Eventually.ThatAsync(() => IsRefusedAsync(position), because: "the retirement is noticed");
        Assert.Equal(Key, Assert.Single(provider.Instance.Keys.Gates).Key);
        await _database.FenceAsync(lease);
        lease.Dispose();
        var refused = await Assert.ThrowsAsync<UnregisteredKeyException>(() => position.AcquireAsync().AsTask());
        Assert.Equal((Key, UnregisteredReason.RetiredMiner), Of(refused));
        await RunAsync("miners", "add", Key.MinerHotkey);
        await Eventually.ThatAsync(() => IsGrantedAsync(position), because: "the miner was taken back");
    }

    [Fact]
    public async Task AcquireAsync_ServerAway_KnownKeysGoOnAndUnknownOnesFailAtOnce()
    {
        await using var provider = await StartAsync();
        (await provider.AcquireAsync(Key)).Dispose();
        await _database.ExecuteAsync("ALTER TABLE pglocks.miners RENAME TO away");

        (await provider.AcquireAsync(Key)).Dispose();
        var failed = await Assert.ThrowsAsync<PgLockException>(() => provider.AcquireAsync(Key with { MinerHotkey = "5New" }).AsTask());

        Assert.True(failed.IsTransient);
        Assert.Contains("The registry could not be read", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retire_TwoProcesses_EachRefusesWithinAHeartbeatAndLetsItsLeaseEnd()
    {
        var other = new PositionKey(Key.MinerHotkey, "BTCUSD");
        await RunAsync("pairs", "add", other.TradePairId);
        await using var one = await Worker.StartAsync(_database, "hold", Retention.Adaptive, "--require-registered");
        await using var two = await Worker.StartAsync(_database, "hold", Retention.Adaptive, "--require-registered");
        await one.AcquireAsync(Key);
        await two.AcquireAsync(other);

        await RunAsync("miners", "retire", Key.MinerHotkey);

        await Eventually.ThatAsync(() => IsRefusedAsync(one, other), because: "the first process refuses");
        await Eventually.ThatAsync(() => IsRefusedAsync(two, Key), because: "the second process refuses");
        foreach (var worker in (Worker[])[one, two])
        {
            Assert.Equal("ok", await worker.AskAsync($"fence {Key.MinerHotkey}"));
            Assert.Equal("ok", await worker.AskAsync($"release {Key.MinerHotkey}"));
        }
        Assert.True(await IsRefusedAsync(one, Key));
        Assert.True(await IsRefusedAsync(two, other));
    }

    [Fact]
    public async Task Retire_NothingRequired_IdleGatesLeaveAndTheKeyIsStillLocked()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var held = await provider.AcquireAsync(Key);
        foreach (var pair in (string[])["BTCUSD", "ETHUSD"])
            (await provider.AcquireAsync(Key with { TradePairId = pair })).Dispose();
        (await provider.AcquireAsync(new PositionKey("5Other", "EURUSD"))).Dispose();
        await provider.Instance.FlushAsync(TestContext.Current.CancellationToken);

        await RunAsync("miners", "retire", Key.MinerHotkey);

        await Eventually.ThatAsync(
            () => provider.Instance.Keys.Gates.Select(gate => gate.Key.ToString()).Order(StringComparer.Ordinal).SequenceEqual(["5GhC:EURUSD", "5Other:EURUSD"]),
            because: "the retired miner's idle gates leave, and nobody else's");
        (await provider.AcquireAsync(Key with { TradePairId = "BTCUSD" })).Dispose();
        await provider.Instance.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(4, await _database.ScalarAsync<long>("SELECT sum(acquired)::int8 FROM pglocks.key_stats"));
    }

    private Task<PgLockProvider> StartAsync() => _database.StartProviderAsync(options => options.RequireRegistered = true);

    private async Task RunAsync(params string[] words)
    {
        var run = await ToolRun.OfAsync(["registry", .. words, "--connection", _database.ConnectionString]);
        Assert.True(run.ExitCode == 0, run.All);
    }

    private static (PositionKey?, UnregisteredReason) Of(UnregisteredKeyException refused) => (refused.Key, refused.Reason);

    private static async Task<bool> IsGrantedAsync(PositionLock position)
    {
        try
        {
            (await position.AcquireAsync()).Dispose();
            return true;
        }
        catch (UnregisteredKeyException)
        {
            return false;
        }
    }

    private static async Task<bool> IsRefusedAsync(PositionLock position)
    {
        try
        {
            using var lease = await position.TryAcquireAsync();
            return false;
        }
        catch (UnregisteredKeyException)
        {
            return true;
        }
    }

    private static async Task<bool> IsRefusedAsync(Worker worker, PositionKey key)
    {
        var order = $"try {key.MinerHotkey} {key.TradePairId}";
        return await worker.AskAsync(order) == nameof(UnregisteredKeyException);
    }
}
