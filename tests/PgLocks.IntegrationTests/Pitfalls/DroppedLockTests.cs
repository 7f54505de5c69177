using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Pitfalls;

/// <summary>A lock in a transaction that is no more, though its lease is.</summary>
public sealed class DroppedLockTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    [Trait("Pitfall", "5: a lock and the read it protects in one statement")]
    public async Task FenceAsync_LockDroppedByARollbackToASavepointAndGainedSince_IsRefused()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var other = await _database.StartProviderAsync();
        await using var connection = await _database.OpenForeignAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await transaction.SaveAsync("before");
        await using var dropped = await provider.AcquireInTransactionAsync(transaction, TestKeys.Key);

        await transaction.RollbackAsync("before");
        await using (var lease = await other.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30)))
            await _database.FenceAsync(lease);

        await Assert.ThrowsAsync<LeaseLostException>(() => dropped.FenceAsync(transaction).AsTask());
    }

    [Fact]
    [Trait("Pitfall", "5: a lock and the read it protects in one statement")]
    public async Task FenceAsync_LockDroppedAndLockedAgainAfterAnother_OnlyTheLaterLeaseStands()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var other = await _database.StartProviderAsync();
        var keys = TestKeys.OfSlot(9, 2);
        await using var connection = await _database.OpenForeignAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await transaction.SaveAsync("before");
        await using var dropped = await provider.AcquireInTransactionAsync(transaction, keys[0]);
        await transaction.RollbackAsync("before");
        await using (var lease = await other.AcquireAsync(keys[0], TimeSpan.FromSeconds(30)))
            await _database.FenceAsync(lease);

        await using var later = await provider.AcquireInTransactionAsync(transaction, keys[1], TimeSpan.FromSeconds(30));

        await later.FenceAsync(transaction);
        await Assert.ThrowsAsync<LeaseLostException>(() => dropped.FenceAsync(transaction).AsTask());
    }

    [Fact]
    public async Task FenceAsync_LeaseOfAnEarlierTransactionOfTheConnection_IsRefusedOnceAnotherHasFenced()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var other = await _database.StartProviderAsync();
        await using var connection = await _database.OpenForeignAsync();
        LockLease ended;
        await using (var first = await connection.BeginTransactionAsync())
        {
            ended = await provider.AcquireInTransactionAsync(first, TestKeys.Key);
            await first.CommitAsync();
        }
        ended.Dispose();
        await using (var lease = await other.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30)))
            await _database.FenceAsync(lease);

        await using var second = await connection.BeginTransactionAsync();

        await Assert.ThrowsAsync<LeaseLostException>(() => ended.FenceAsync(second).AsTask());
    }
}
