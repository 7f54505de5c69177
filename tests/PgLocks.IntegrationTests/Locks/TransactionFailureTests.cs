using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>What the server refuses in the caller's transaction comes out as an exception of the contract, never as the driver's.</summary>
public sealed class TransactionFailureTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static int Slot => TestKeys.Key.Slot();

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireInTransactionAsync_ReadOnlyTransaction_SaysWhyAndLeavesItUsable()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SET TRANSACTION READ ONLY");

        var refused = await Assert.ThrowsAsync<PgLockException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key).AsTask());

        AssertTyped(refused, isTransient: true, "read-only", "standby", "begin it READ WRITE");
        await connection.ExecuteAsync("SELECT 1");
        Assert.Equal(0, await _database.OwnersAsync(Slot));
        await transaction.CommitAsync();
        (await provider.AcquireAsync(TestKeys.Key)).Dispose();
    }

    [Fact]
    [Trait("Pitfall", "3: locks are per database, and not replicated")]
    public async Task AcquireInTransactionAsync_BegunOnAStandbyThatIsPromoted_NeedsANewTransaction()
    {
        await using var primary = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());
        await new SchemaMigrator(primary.ConnectionString).MigrateUpAsync();
        await using var standby = await StandbyServer.StartAsync(primary);
        await using var provider = await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = primary.ConnectionString, UnfencedDelay = false });
        await standby.CatchUpAsync();
        await using var connection = new NpgsqlConnection(standby.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using (var older = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync("SELECT 1");
            AssertTyped(await RefusalAsync(older), isTransient: true, "begin a new one on the primary");

            await standby.PromoteAsync();

            AssertTyped(await RefusalAsync(older), isTransient: true, "begin a new one on the primary");
        }
        await using var newer = await connection.BeginTransactionAsync();
        // All the provider's own sessions are still on the old primary, which lives.
        var refused = await Assert.ThrowsAsync<LockTimeoutException>(() => provider.AcquireInTransactionAsync(newer, TestKeys.Key, TimeSpan.FromMilliseconds(200)).AsTask());
        Assert.Contains("no lock session", refused.Message, StringComparison.Ordinal);
        await using var successor = await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = standby.ConnectionString });
        (await provider.AcquireInTransactionAsync(newer, TestKeys.Key)).Dispose();

        Task<PgLockException> RefusalAsync(NpgsqlTransaction transaction) =>
            Assert.ThrowsAsync<PgLockException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key).AsTask());
    }

    [Fact]
    public async Task AcquireInTransactionAsync_TransactionFailedBefore_SaysSo()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Refusal.OfAsync(() => connection.ExecuteAsync("SELECT 1 / 0"));

        var refused = await Assert.ThrowsAsync<PgLockException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key).AsTask());

        AssertTyped(refused, isTransient: true, "has failed already", "Roll it back");
        (await provider.AcquireAsync(TestKeys.Key)).Dispose();
    }

    [Theory]
    [InlineData("SELECT pg_cancel_backend($1)", "user request")]
    [InlineData("SELECT pg_sleep(0), $1", "statement timeout")]
    public async Task AcquireInTransactionAsync_WaitCancelledByTheServer_LeavesTheTransactionUsable(string cancel, string why)
    {
        await using var holder = await _database.StartProviderAsync();
        await using var provider = await _database.StartProviderAsync();
        await using var held = await holder.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SET LOCAL statement_timeout = '2s'");

        var wait = provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.FromSeconds(30)).AsTask();
        await _database.UntilWaitedForAsync(Slot);
        await _database.ExecuteAsync(cancel, connection.ProcessID);

        AssertTyped(await Assert.ThrowsAsync<PgLockException>(() => wait), isTransient: true, why, "not by the caller's token");
        await connection.ExecuteAsync("SELECT 1");
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task AcquireInTransactionAsync_Deadlock_FailsOneOfThem()
    {
        PositionKey[] keys = TestKeys.OfSlots(2);
        await using var one = await _database.StartProviderAsync();
        await using var two = await _database.StartProviderAsync();
        await using var firstConnection = await _database.OpenAsync();
        await using var secondConnection = await _database.OpenAsync();
        await using var first = await firstConnection.BeginTransactionAsync();
        await using var second = await secondConnection.BeginTransactionAsync();
        await one.AcquireInTransactionAsync(first, keys[0]);
        await two.AcquireInTransactionAsync(second, keys[1]);

        var ends = await Task.WhenAll(EndAsync(one, first, keys[1]), EndAsync(two, second, keys[0]));

        var refused = Assert.Single(ends.OfType<PgLockException>());
        Assert.True(refused.IsTransient);
        Assert.Contains("deadlock", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AcquireInTransactionAsync_AnotherDatabase_SaysSo()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var other = new NpgsqlConnection(await server.GetConnectionStringAsync());
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();

        var refused = await Assert.ThrowsAsync<PgLockException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key).AsTask());

        AssertTyped(refused, isTransient: false, "on the database that holds the locks");
    }

    [Fact]
    public async Task FenceAsync_ReadOnlyTransaction_SaysWhy()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SET TRANSACTION READ ONLY");

        AssertTyped(await Assert.ThrowsAsync<PgLockException>(() => lease.FenceAsync(transaction).AsTask()), isTransient: true, "read-only", "Roll the transaction back");
        AssertTyped(await Assert.ThrowsAsync<PgLockException>(() => lease.FenceAsync(transaction).AsTask()), isTransient: true, "has failed already");
    }

    [Theory]
    [InlineData("SET LOCAL lock_timeout = '100ms'", "lock_timeout")]
    [InlineData("SET LOCAL statement_timeout = '100ms'", "statement timeout")]
    public async Task FenceAsync_RowHeldByAnother_SaysWhy(string limit, string why)
    {
        await using var provider = await _database.StartProviderAsync();
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        await _database.FenceAsync(lease);
        await using var other = await _database.OpenAsync();
        await using var holding = await other.BeginTransactionAsync();
        await other.ExecuteAsync("SELECT FROM pglocks.fences FOR UPDATE");
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(limit);

        AssertTyped(await Assert.ThrowsAsync<PgLockException>(() => lease.FenceAsync(transaction).AsTask()), isTransient: true, why, "Roll the transaction back");
    }

    [Fact]
    public async Task FenceAsync_CallersConnectionBroken_SaysSo()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var lease = await provider.AcquireAsync(TestKeys.Key);
        await using var connection = await _database.OpenForeignAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SELECT 1");
        await _database.ExecuteAsync("SELECT pg_terminate_backend($1, 10000)", connection.ProcessID);

        AssertTyped(await Assert.ThrowsAsync<PgLockException>(() => lease.FenceAsync(transaction).AsTask()), isTransient: true, "begin a new one");
        AssertTyped(await Assert.ThrowsAsync<PgLockException>(() => lease.FenceAsync(transaction).AsTask()), isTransient: true, "begin a new one");
    }

    private static async Task<Exception?> EndAsync(PgLockProvider provider, NpgsqlTransaction transaction, PositionKey key)
    {
        var failure = await Record.ExceptionAsync(() => provider.AcquireInTransactionAsync(transaction, key, TimeSpan.FromSeconds(30)).AsTask());
        await transaction.RollbackAsync();
        return failure;
    }

    private static void AssertTyped(PgLockException refused, bool isTransient, params string[] words)
    {
        Assert.Equal(TestKeys.Key, refused.Key);
        Assert.Equal(isTransient, refused.IsTransient);
        Assert.All(words, word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("Password", refused.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
