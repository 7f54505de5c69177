using Medallion.Threading.Postgres;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>Whoever takes the pair (class_id, slot) takes part, in any language.</summary>
public sealed class InteropTests(PostgresServer server) : IAsyncLifetime
{
    private const string XactLock = "SELECT pglocks.xact_lock($1, $2)";

    private TestDatabase _database = null!;

    private static int Slot => TestKeys.Key.Slot();

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task DistributedLock_SamePair_ExcludesAndIsExcluded()
    {
        await using var provider = await _database.StartProviderAsync();
        var peer = new PostgresDistributedLock(new PostgresAdvisoryLockKey(LockTable.ClassId, Slot), _database.ConnectionString);

        await using (await peer.AcquireAsync())
            Assert.Null(await provider.TryAcquireAsync(TestKeys.Key, TimeSpan.FromMilliseconds(100)));
        await using (await provider.AcquireAsync(TestKeys.Key))
            Assert.Null(await peer.TryAcquireAsync(TimeSpan.FromMilliseconds(300)));
        await using var afterwards = await peer.TryAcquireAsync(TimeSpan.FromSeconds(30));

        Assert.NotNull(afterwards);
    }

    [Fact]
    public async Task XactLock_HeldInPsql_MakesAProcessorWait()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var psql = await _database.OpenForeignAsync();
        await using var transaction = await psql.BeginTransactionAsync();
        await psql.ExecuteAsync(XactLock, TestKeys.Key.MinerHotkey, TestKeys.Key.TradePairId);

        var wait = provider.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30)).AsTask();
        await _database.UntilWaitedForAsync(Slot);
        Assert.False(wait.IsCompleted);
        await transaction.CommitAsync();

        (await wait).Dispose();
    }

    [Fact]
    public async Task XactLock_HeldByAProcessor_MakesPsqlWait()
    {
        await using var provider = await _database.StartProviderAsync();
        var lease = await provider.AcquireAsync(TestKeys.Key);
        await using var psql = await _database.OpenForeignAsync();
        await using var transaction = await psql.BeginTransactionAsync();

        var wait = psql.ExecuteAsync(XactLock, TestKeys.Key.MinerHotkey, TestKeys.Key.TradePairId);
        await _database.UntilWaitedForAsync(Slot);
        Assert.False(wait.IsCompleted);
        lease.Dispose();

        await wait;
        await transaction.RollbackAsync();
    }

    [Fact]
    public async Task AcquireAsync_HeldInPsql_NamesItInTheTimeout()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var psql = await _database.OpenForeignAsync();
        await using var transaction = await psql.BeginTransactionAsync();
        await psql.ExecuteAsync(XactLock, TestKeys.Key.MinerHotkey, TestKeys.Key.TradePairId);

        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(() => provider.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(2)).AsTask());

        Assert.StartsWith("psql", timeout.Holder?.Instance, StringComparison.Ordinal);
    }
}
