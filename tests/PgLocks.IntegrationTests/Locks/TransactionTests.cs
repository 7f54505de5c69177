using System.Data;
using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

public sealed class TransactionTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static int Slot => TestKeys.Key.Slot();

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireInTransactionAsync_FreeKey_LocksOnTheCallersConnectionUntilItsEnd()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var connection = await _database.OpenForeignAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await using var lease = await provider.AcquireInTransactionAsync(transaction, TestKeys.Key);

        Assert.Equal(connection.ProcessID, await _database.OwnerPidAsync(Slot));
        await lease.FenceAsync(transaction);
        await transaction.CommitAsync();
        Assert.Equal(0, await _database.OwnersAsync(Slot));
        Assert.Equal(0, await _database.LastNumberAsync(Slot) % 2);
    }

    [Fact]
    public async Task AcquireInTransactionAsync_SlotKeptByTheSameInstance_IsYieldedToIt()
    {
        await using var provider = await _database.StartProviderAsync();
        (await provider.AcquireAsync(TestKeys.Key)).Dispose();
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await using var lease = await provider.AcquireInTransactionAsync(transaction, TestKeys.Key);

        Assert.Equal(3, lease.FencingToken >> 20);
    }

    [Fact]
    public async Task AcquireInTransactionAsync_SlotKeptAndNoTime_IsGrantedByATry()
    {
        await using var provider = await _database.StartProviderAsync();
        (await provider.AcquireAsync(TestKeys.Key)).Dispose();
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        LockLease? lease = null;

        await Eventually.ThatAsync(async () => (lease = await TryAsync(provider, transaction)) is not null, because: "a try makes the instance yield what it merely keeps");

        lease?.Dispose();
    }

    [Theory]
    [InlineData(Retention.Adaptive)]
    [InlineData(Retention.Off)]
    public async Task AcquireInTransactionAsync_HeldByAnotherProvider_WaitsForIt(Retention retention)
    {
        await using var holder = await _database.StartProviderAsync(options => options.Retention = retention);
        await using var provider = await _database.StartProviderAsync();
        var held = await holder.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        var wait = provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.FromSeconds(30)).AsTask();
        await _database.UntilWaitedForAsync(Slot);
        Assert.False(wait.IsCompleted);
        held.Dispose();

        await using var lease = await wait;
        Assert.True(lease.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task AcquireAsync_HeldInATransaction_WaitsForItsCommit()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var other = await _database.StartProviderAsync();
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var held = await provider.AcquireInTransactionAsync(transaction, TestKeys.Key);

        Assert.Null(await other.TryAcquireAsync(TestKeys.Key));
        Assert.Null(await provider.TryAcquireAsync(TestKeys.Key));
        held.Dispose();
        Assert.Null(await provider.TryAcquireAsync(TestKeys.Key, TimeSpan.FromMilliseconds(50)));
        await transaction.CommitAsync();

        await using var lease = await other.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30));
        Assert.True(lease.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task AcquireInTransactionAsync_TimesOut_LeavesTheTransactionUsable()
    {
        await using var holder = await _database.StartProviderAsync();
        await using var provider = await _database.StartProviderAsync();
        await using var held = await holder.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SET LOCAL lock_timeout = '12345ms'");

        await Assert.ThrowsAsync<LockTimeoutException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.FromMilliseconds(200)).AsTask());

        await using var command = new NpgsqlCommand("SHOW lock_timeout", connection);
        Assert.Equal("12345ms", await command.ExecuteScalarAsync());
        await using var other = await provider.AcquireInTransactionAsync(transaction, TestKeys.OfSlots(1)[0]);
        Assert.Null(await provider.TryAcquireAsync(TestKeys.Key));
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task AcquireInTransactionAsync_Cancelled_LeavesTheTransactionUsable()
    {
        await using var holder = await _database.StartProviderAsync();
        await using var provider = await _database.StartProviderAsync();
        await using var held = await holder.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        using var cancellation = new CancellationTokenSource();

        var wait = provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.FromSeconds(30), cancellation.Token).AsTask();
        await _database.UntilWaitedForAsync(Slot);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await connection.ExecuteAsync("SELECT 1");
        await transaction.CommitAsync();
    }

    [Theory]
    [InlineData(true, "SELECT pg_terminate_backend($1, 10000)")]
    [InlineData(false, "SELECT pg_terminate_backend($1, 10000)")]
    [InlineData(false, "SELECT pg_sleep(1), $1")]
    public async Task AcquireInTransactionAsync_CallersConnectionBroken_SaysSo(bool isWaiting, string end)
    {
        await using var holder = await _database.StartProviderAsync();
        await using var provider = await _database.StartProviderAsync();
        await using var held = await holder.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenForeignAsync();
        await connection.ExecuteAsync("SET idle_in_transaction_session_timeout = '500ms'");
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SELECT 1");

        var wait = isWaiting ? provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.FromSeconds(30)).AsTask() : null;
        if (isWaiting)
            await _database.UntilWaitedForAsync(Slot);
        await _database.ExecuteAsync(end, connection.ProcessID);
        wait ??= provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.FromSeconds(30)).AsTask();

        var broken = await Assert.ThrowsAsync<PgLockException>(() => wait);
        Assert.True(broken.IsTransient);
        Assert.Contains("begin a new one", broken.Message, StringComparison.Ordinal);
        held.Dispose();
        (await provider.AcquireAsync(TestKeys.Key)).Dispose();
    }

    [Fact]
    public async Task FenceAsync_TwoKeysOfOneSlotInOneTransaction_BothStand()
    {
        await using var provider = await _database.StartProviderAsync();
        var keys = TestKeys.OfSlot(9, 2);
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var first = await provider.AcquireInTransactionAsync(transaction, keys[0]);
        await using var second = await provider.AcquireInTransactionAsync(transaction, keys[1]);

        await second.FenceAsync(transaction);
        await first.FenceAsync(transaction);

        await transaction.CommitAsync();
        await Assert.ThrowsAsync<LeaseLostException>(() => _database.FenceAsync(first));
    }

    [Theory]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    [Trait("Pitfall", "5: a lock and the read it protects in one statement")]
    public async Task AcquireInTransactionAsync_OtherIsolation_IsRefused(IsolationLevel isolation)
    {
        await using var provider = await _database.StartProviderAsync();
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(isolation);

        var refused = await Assert.ThrowsAsync<PgLocksConfigurationException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key).AsTask());

        Assert.Contains("READ COMMITTED", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcquireInTransactionAsync_IsolationChangedBySql_IsRefused()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");

        await Assert.ThrowsAsync<PgLocksConfigurationException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key).AsTask());

        await using var lease = await provider.AcquireAsync(TestKeys.Key);
    }

    private static async Task<LockLease?> TryAsync(PgLockProvider provider, NpgsqlTransaction transaction)
    {
        try
        {
            return await provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.Zero);
        }
        catch (LockTimeoutException)
        {
            return null;
        }
    }
}
