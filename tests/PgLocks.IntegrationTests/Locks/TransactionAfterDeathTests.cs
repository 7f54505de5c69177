using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>A slot whose last owner died, wanted in the caller's transaction.</summary>
public sealed class TransactionAfterDeathTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private NpgsqlConnection _connection = null!;
    private NpgsqlTransaction _transaction = null!;

    private static int Slot => TestKeys.Key.Slot();

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _connection = await _database.OpenAsync();
        _transaction = await _connection.BeginTransactionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AcquireInTransactionAsync_OwnerDied_WaitsForTheLockDelay(bool isWaiting)
    {
        await using var holder = await _database.StartShortLivedAsync();
        await using var provider = await _database.StartShortLivedAsync();
        await using var held = await holder.AcquireAsync(TestKeys.Key);
        var wait = isWaiting ? AcquireAsync(provider, TimeSpan.FromSeconds(30)) : null;
        if (isWaiting)
            await _database.UntilWaitedForAsync(Slot);
        var terminatedAt = TimeProvider.System.GetTimestamp();
        await TerminateOwnerAsync();

        await using var lease = await (wait ?? AcquireAsync(provider, TimeSpan.FromSeconds(30)));

        Assert.True(TimeProvider.System.GetElapsedTime(terminatedAt) >= TimeSpan.FromMilliseconds(1100), "granted within the lock delay");
        Assert.True(lease.FencingToken > held.FencingToken);
        await _transaction.CommitAsync();
        Assert.Equal(0, await _database.OwnersAsync(Slot));
        Assert.Equal(0, await _database.LastNumberAsync(Slot) % 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AcquireInTransactionAsync_EndsWithinTheLockDelay_LeavesSlotAndTransactionAsTheyWere(bool isCancelled)
    {
        await using var provider = await _database.StartProviderAsync();
        await _database.DieOwningAsync(Slot);
        using var cancellation = new CancellationTokenSource();

        var wait = AcquireAsync(provider, isCancelled ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(300), cancellation.Token);
        if (isCancelled)
        {
            await _database.UntilOwnedAsync(Slot, owned: true);
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        }
        else
        {
            await Assert.ThrowsAsync<LockTimeoutException>(() => wait);
        }

        Assert.Equal(0, await _database.OwnersAsync(Slot));
        Assert.Equal(1, await _database.LastNumberAsync(Slot));
        await _connection.ExecuteAsync("SELECT 1");
        await _transaction.CommitAsync();
    }

    [Fact]
    public async Task AcquireInTransactionAsync_NoUnfencedDelay_IsGrantedAtOnce()
    {
        await using var provider = await _database.StartProviderAsync(options => options.UnfencedDelay = false);
        await _database.DieOwningAsync(Slot);

        await using var lease = await AcquireAsync(provider, new PgLocksOptions().LockDelay / 2);

        Assert.Equal(3, lease.FencingToken >> 20);
        Assert.Equal(4, await _database.LastNumberAsync(Slot));
    }

    [Fact]
    public async Task AcquireInTransactionAsync_NobodyHasAdoptedTheServer_MovesTheNumbersFirst()
    {
        await using var provider = await _database.StartProviderAsync();
        // As after a recovery, or a mere reset of the server's statistics, under which every session lives on.
        await _database.ExecuteAsync("UPDATE pglocks.spaces SET recovered_at = recovered_at - interval '1 hour'");

        await using var lease = await AcquireAsync(provider, TimeSpan.FromSeconds(30));

        Assert.True(lease.FencingToken >> 20 > 1 << 20, $"{lease.FencingToken >> 20} is beyond what can have been drawn");
        Assert.True(await _database.ScalarAsync<bool>("SELECT pglocks.is_adopted(s) FROM pglocks.spaces AS s"));
    }

    private Task<LockLease> AcquireAsync(PgLockProvider provider, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        provider.AcquireInTransactionAsync(_transaction, TestKeys.Key, timeout, cancellationToken).AsTask();

    private async Task TerminateOwnerAsync() => await _database.ExecuteAsync("SELECT pg_terminate_backend($1, 10000)", await _database.OwnerPidAsync(Slot));
}
