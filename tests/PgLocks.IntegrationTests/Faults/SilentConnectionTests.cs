using Npgsql;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.Faults;

/// <summary>The caller's own connection leads nowhere, and nobody says so: its wait has to end all the same.</summary>
public sealed class SilentConnectionTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TestDatabase _database = null!;
    private TcpProxy _proxy = null!;
    private NpgsqlConnection _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _proxy = TcpProxy.Start(_database.ConnectionString);
        _connection = new NpgsqlConnection(_proxy.Through(_database.ConnectionString) + ";Pooling=false;Cancellation Timeout=-1");
        await _connection.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task AcquireInTransactionAsync_NoAnswerAtAll_EndsAfterItsTimeout()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var transaction = await _connection.BeginTransactionAsync();
        await _connection.ExecuteAsync("SELECT 1");

        _proxy.Strand();
        var broken = await Assert.ThrowsAsync<PgLockException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.FromSeconds(1)).AsTask().WaitAsync(Patience));

        Assert.True(broken.IsTransient);
        Assert.Contains("a new", broken.Message, StringComparison.Ordinal);
        (await provider.AcquireAsync(TestKeys.Key)).Dispose();
    }

    [Fact]
    public async Task AcquireInTransactionAsync_NoAnswerWhileItWaits_EndsAfterItsTimeout()
    {
        await using var holder = await _database.StartProviderAsync();
        await using var held = await holder.AcquireAsync(TestKeys.Key);
        await using var provider = await _database.StartProviderAsync();
        await using var transaction = await _connection.BeginTransactionAsync();
        var wait = provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.FromSeconds(2)).AsTask();
        await _database.UntilWaitedForAsync(TestKeys.Key.Slot());

        _proxy.Strand();

        await Assert.ThrowsAsync<PgLockException>(() => wait.WaitAsync(Patience));
    }

    [Fact]
    public async Task AcquireInTransactionAsync_NoAnswerAndCancelled_Ends()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var transaction = await _connection.BeginTransactionAsync();
        await _connection.ExecuteAsync("SELECT 1");
        using var cancellation = new CancellationTokenSource();

        _proxy.Strand();
        var wait = provider.AcquireInTransactionAsync(transaction, TestKeys.Key, Timeout.InfiniteTimeSpan, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => wait.WaitAsync(Patience));
        Assert.True(wait.IsCompleted, "the wait goes on");
    }
}
