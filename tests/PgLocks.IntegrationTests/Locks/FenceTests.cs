using System.Data;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

public sealed class FenceTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task FenceAsync_GoodLease_LetsTheTransactionCommit()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var lease = await provider.AcquireAsync(TestKeys.Key);

        await _database.FenceAsync(lease);
        await _database.FenceAsync(lease);

        Assert.Equal(lease.FencingToken >> 20, await _database.ScalarAsync<long>("SELECT epoch FROM pglocks.fences WHERE slot = $1", lease.Slot));
    }

    [Fact]
    public async Task FenceAsync_ReleasedLease_IsRefused()
    {
        await using var provider = await _database.StartProviderAsync();
        var lease = await provider.AcquireAsync(TestKeys.Key);
        lease.Dispose();
        await using var next = await provider.AcquireAsync(TestKeys.Key);

        var lost = await Assert.ThrowsAsync<LeaseLostException>(() => _database.FenceAsync(lease));

        Assert.Equal(TestKeys.Key, lost.Key);
    }

    [Fact]
    public async Task FenceAsync_AnotherProcessHasFencedSince_IsRefusedThoughTheLossIsNotKnownHere()
    {
        await using var provider = await _database.StartProviderAsync(options => options.HeartbeatInterval = TimeSpan.FromSeconds(1));
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        await _database.ExecuteAsync("SELECT pglocks.fence($1, $2, $3)", LockTable.ClassId, lease.Slot, (lease.FencingToken >> 20) + 2);

        var lost = await Assert.ThrowsAsync<LeaseLostException>(() => _database.FenceAsync(lease));

        Assert.False(lease.LostToken.IsCancellationRequested);
        Assert.Contains($"another process gained slot {lease.Slot}", lost.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FenceAsync_HomeTerminated_IsRefused()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        await _database.ExecuteAsync("SELECT pg_terminate_backend($1)", await _database.OwnerPidAsync(lease.Slot));
        await Eventually.ThatAsync(() => lease.LostToken.IsCancellationRequested, because: "the loss is noticed");

        await Assert.ThrowsAsync<LeaseLostException>(() => _database.FenceAsync(lease));
    }

    [Fact]
    public async Task FenceAsync_OlderTransactionInFlight_WaitsForItsEnd()
    {
        await using var provider = await _database.StartProviderAsync(options => options.UnfencedDelay = false);
        var old = await provider.AcquireAsync(TestKeys.Key);
        await using var oldConnection = await _database.OpenAsync();
        await using var oldTransaction = await oldConnection.BeginTransactionAsync();
        await old.FenceAsync(oldTransaction);
        await _database.ExecuteAsync("SELECT pg_terminate_backend($1)", await _database.OwnerPidAsync(old.Slot));
        await Eventually.ThatAsync(() => old.LostToken.IsCancellationRequested, because: "the loss is noticed");
        old.Dispose();
        await using var next = await provider.AcquireAsync(TestKeys.Key);

        var fence = _database.FenceAsync(next);
        await Eventually.ThatAsync(
            () => _database.ScalarAsync<bool>("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%pglocks.fence%'"),
            because: "the newer fence waits for the older transaction");
        Assert.False(fence.IsCompleted);
        await oldTransaction.CommitAsync();

        await fence;
    }

    [Theory]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    [Trait("Pitfall", "4: a weak row lock lets the next epoch through")]
    public async Task FenceAsync_OtherIsolation_IsRefused(IsolationLevel isolation)
    {
        await using var provider = await _database.StartProviderAsync();
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(isolation);

        var refused = await Assert.ThrowsAsync<PgLocksConfigurationException>(() => lease.FenceAsync(transaction).AsTask());

        Assert.Contains("READ COMMITTED", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FenceAsync_IsolationChangedBySql_IsRefused()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");

        await Assert.ThrowsAsync<PgLocksConfigurationException>(() => lease.FenceAsync(transaction).AsTask());
    }

    [Fact]
    public async Task FenceAsync_DefaultLeaseOrNoTransaction_IsRefused()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await lease.FenceAsync(null!));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await default(LockLease).FenceAsync(transaction));
    }

    [Fact]
    public async Task FenceAsync_AllOfMany_FencesEverySlot()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var all = await provider.AcquireAllAsync(TestKeys.OfSlots(3));
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await all.FenceAsync(transaction);
        await transaction.CommitAsync();

        Assert.Equal([0, 1, 2], await _database.ColumnAsync<int>("SELECT slot FROM pglocks.fences ORDER BY slot"));
    }
}
