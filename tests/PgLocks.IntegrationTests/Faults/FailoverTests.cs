using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Locks;
using PgLocks.Migrations;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.Faults;

/// <summary>A standby is promoted while the primary before it lives on.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private LocalServer _primary = null!;
    private StandbyServer _standby = null!;
    private TcpProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _primary = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());
        await new SchemaMigrator(_primary.ConnectionString).MigrateUpAsync();
        _standby = await StandbyServer.StartAsync(_primary);
        _proxy = TcpProxy.Start(_primary.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _standby.DisposeAsync();
        await _primary.DisposeAsync();
    }

    [Fact]
    [Trait("Pitfall", "3: locks are per database, and not replicated")]
    public async Task Reconnect_OlderPrimaryAfterThePromotedOne_IsRefusedUntilTheNewOneIsBack()
    {
        await using var provider = await StartAsync(_proxy.Through(_primary.ConnectionString));
        (await provider.AcquireAsync(TestKeys.Key, Long)).Dispose();
        await _standby.CatchUpAsync();
        await _standby.PromoteAsync();
        LeadTo(_standby.ConnectionString);
        // Not the key of a slot that is kept: that may be granted before the loss is noticed.
        var key = TestKeys.OfSlot(4, 1)[0];
        var first = await provider.AcquireAsync(key, Long);
        first.Dispose();

        LeadTo(_primary.ConnectionString);
        var refused = await Assert.ThrowsAsync<LockTimeoutException>(() => provider.AcquireAsync(TestKeys.OfSlot(3, 1)[0], TimeSpan.FromSeconds(2)).AsTask());

        Assert.Contains("is an older primary: it is on timeline 1", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(_primary.ConnectionString, "FROM pg_locks WHERE locktype = 'advisory'"));
        LeadTo(_standby.ConnectionString);
        await using var next = await provider.AcquireAsync(key, Long);
        Assert.True(next.FencingToken > first.FencingToken);
    }

    [Fact]
    [Trait("Pitfall", "3: locks are per database, and not replicated")]
    public async Task Open_WaiterSessionOnThePromotedServer_GivesUpWhatHomeOwnsOnTheOlderOne()
    {
        await using var provider = await StartAsync(_proxy.Through(_primary.ConnectionString));
        var held = await provider.AcquireAsync(TestKeys.OfSlot(1, 1)[0], Long);
        await using var foreign = new NpgsqlConnection(_primary.ConnectionString + ";Pooling=false");
        await foreign.OpenAsync();
        await foreign.ExecuteAsync("SELECT pg_advisory_lock($1, 2)", LockTable.ClassId);
        await _standby.CatchUpAsync();
        await _standby.PromoteAsync();
        _proxy.Redirect(_standby.ConnectionString);

        await using var waited = await provider.AcquireAsync(TestKeys.OfSlot(2, 1)[0], Long);

        await Eventually.ThatAsync(() => held.LostToken.IsCancellationRequested, because: "the instance knows that its home is on an older primary");
        held.Dispose();
        await using var again = await provider.AcquireAsync(held.Key, Long);
        Assert.True(again.FencingToken > held.FencingToken);
        await Eventually.EqualAsync(1, () => CountAsync(_standby.ConnectionString, "FROM pg_stat_activity WHERE application_name = 'pglocks:failover:listener'"), because: "the listener moved too");
    }

    [Fact]
    [Trait("Pitfall", "3: locks are per database, and not replicated")]
    public async Task Promote_OlderPrimaryCutOffWithItsOwner_TheNextOneWaitsForTheOldLease()
    {
        await using var provider = await StartAsync(_proxy.Through(_primary.ConnectionString));
        var held = await provider.AcquireAsync(TestKeys.Key, Long);
        await _standby.CatchUpAsync();

        _proxy.Strand();
        _proxy.Redirect(_standby.ConnectionString);
        await _standby.PromoteAsync();
        await using var other = await StartAsync(_standby.ConnectionString);
        await using var next = await other.AcquireAsync(TestKeys.Key, Long);

        Assert.True(held.LostToken.IsCancellationRequested, "two owners at once");
        Assert.True(next.FencingToken > held.FencingToken);
        await Eventually.EqualAsync(0, () => CountAsync(_primary.ConnectionString, "FROM pg_locks WHERE locktype = 'advisory'"), because: "the older primary ends silent sessions");
    }

    private static async Task<long> CountAsync(string connectionString, string from)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT count(*) {from}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<PgLockProvider> StartAsync(string connectionString) => await PgLockProvider.StartAsync(new PgLocksOptions
    {
        ConnectionString = connectionString,
        ApplicationName = "failover",
        HeartbeatInterval = TimeSpan.FromMilliseconds(200),
        LeaseDuration = TimeSpan.FromSeconds(1),
        ServerLeaseDuration = TimeSpan.FromSeconds(2),
        LockDelay = TimeSpan.FromSeconds(1.5),
    });

    private void LeadTo(string connectionString)
    {
        _proxy.Redirect(connectionString);
        _proxy.Reset();
    }
}
