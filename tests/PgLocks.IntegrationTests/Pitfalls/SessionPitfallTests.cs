using System.Globalization;
using Npgsql;
using PgLocks.IntegrationTests.Faults;
using PgLocks.IntegrationTests.Locks;
using PgLocks.Postgres;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Pitfalls;

/// <summary>What can cost a session, or keep it for too long.</summary>
public sealed class SessionPitfallTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly PositionKey Key = TestKeys.OfSlot(5, 1)[0];

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    [Trait("Pitfall", "6: some errors end a session, and its locks with it")]
    public async Task Flush_DiskFull_CostsTheTelemetrySessionAndNoLease()
    {
        await using var provider = await _database.StartProviderAsync(options => options.TelemetryInterval = Timeout.InfiniteTimeSpan);
        await using var lease = await provider.AcquireAsync(Key);
        await using (await provider.AcquireAsync(TestKeys.Key))
        {
        }
        var owner = await _database.OwnerPidAsync(5);
        var before = await TelemetryPidsAsync();
        await _database.ExecuteAsync("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full' USING ERRCODE = '53100'; END $$");
        await _database.ExecuteAsync("CREATE TRIGGER full_disk BEFORE INSERT ON pglocks.lock_stats FOR EACH ROW EXECUTE FUNCTION full_disk()");

        Assert.False(await provider.Instance.FlushAsync(TestContext.Current.CancellationToken));

        await Eventually.ThatAsync(async () => before.Except(await TelemetryPidsAsync()).Any(), because: "the driver ends the session that the error came from");
        Assert.False(lease.LostToken.IsCancellationRequested);
        Assert.Equal(owner, await _database.OwnerPidAsync(5));
    }

    [Fact]
    [Trait("Pitfall", "9: session locks are counted")]
    public async Task Release_SlotThatTheServerDoesNotKnowAsOurs_GivesTheSessionUp()
    {
        await using var provider = await _database.StartShortLivedAsync();
        var lease = await provider.AcquireAsync(Key);
        var slots = provider.Instance.Slots;

        slots.Backend.Release(6, slots[5].Owner!, urgent: true);

        await Eventually.ThatAsync(() => lease.LostToken.IsCancellationRequested, because: "what else is not as we think?");
        lease.Dispose();
        (await provider.AcquireAsync(Key, TimeSpan.FromSeconds(30))).Dispose();
    }

    [Fact]
    [Trait("Pitfall", "10: a pooled connection keeps its locks")]
    public async Task DisposeAsync_ConnectionStringWantsAPool_LeavesNoSession()
    {
        await using (var provider = await _database.StartProviderAsync(options =>
            options.ConnectionString += ";Pooling=true;Minimum Pool Size=3;No Reset On Close=true;Enlist=true"))
        {
            (await provider.AcquireAsync(Key)).Dispose();
            await _database.UntilOwnedAsync(5);
        }

        await _database.NothingIsLeftAsync();
    }

    [Theory]
    [InlineData("home")]
    [InlineData("waiter")]
    [InlineData("listener")]
    [Trait("Pitfall", "12: a partition with data in flight outlives keepalives")]
    [Trait("Pitfall", "17: a waiting statement holds vacuum back")]
    public async Task Settings_OfALockSession_EndItWithinTheServersLease(string role)
    {
        var options = new PgLocksOptions { ConnectionString = _database.ConnectionString };
        var connections = new Connections(options);
        await using var connection = connections.NewLockConnection(role);
        await connection.OpenAsync(TestContext.Current.CancellationToken);

        LockSession.ApplySettings(connection, connections);

        var lease = options.ServerLeaseDuration.TotalMilliseconds;
        Assert.Equal(lease, await SettingAsync(connection, "idle_session_timeout"));
        Assert.InRange(await SettingAsync(connection, "tcp_user_timeout"), 1, lease - 1);
        var silence = await SettingAsync(connection, "tcp_keepalives_idle") + await SettingAsync(connection, "tcp_keepalives_interval") * await SettingAsync(connection, "tcp_keepalives_count");
        Assert.InRange(1000 * silence, 1000, lease - 1);
        Assert.Equal(1000, await SettingAsync(connection, "client_connection_check_interval"));
        Assert.Equal(30_000, await SettingAsync(connection, "lock_timeout"));
    }

    [Fact]
    [Trait("Pitfall", "15: a starved thread pool beats no heart")]
    public async Task Starve_ThreadPoolForLongerThanALease_LosesNothing()
    {
        await using var worker = await Worker.StartAsync(_database, "hold", Retention.Adaptive);
        await worker.AcquireAsync(Key);
        var owner = await _database.OwnerPidAsync(5);

        Assert.Equal("starved", await worker.AskAsync("starve 3000"));

        Assert.Equal("ok", await worker.AskAsync($"fence {Key.MinerHotkey}"));
        Assert.DoesNotContain($"lost {Key.MinerHotkey}", worker.Process.Output);
        Assert.Equal(owner, await _database.OwnerPidAsync(5));
    }

    [Fact]
    [Trait("Pitfall", "15: a starved thread pool beats no heart")]
    public async Task Starve_WhileASlotIsReleasedAndAnotherGained_LosesNothing()
    {
        await using var worker = await Worker.StartAsync(_database, "hold", Retention.Off);
        var keys = TestKeys.OfSlots(3);
        await worker.AcquireAsync(keys[0]);
        await worker.AcquireAsync(keys[1]);
        var owner = await _database.OwnerPidAsync(0);

        Assert.Equal("starved", await worker.AskAsync($"starve 3000 {keys[1].MinerHotkey} {keys[2].MinerHotkey} {keys[2].TradePairId}"));

        Assert.DoesNotContain($"lost {keys[0].MinerHotkey}", worker.Process.Output);
        Assert.Equal(owner, await _database.OwnerPidAsync(0));
    }

    [Fact]
    [Trait("Pitfall", "16: cancelling a wait for notifications")]
    public async Task AcquireAsync_HundredsOfRequestsToYield_ListenersKeepTheirSessions()
    {
        await using var one = await _database.StartProviderAsync();
        await using var two = await _database.StartProviderAsync();
        await Eventually.EqualAsync(2, async () => (await ListenerPidsAsync()).Count, because: "both listen");
        var before = await ListenerPidsAsync();

        for (var i = 0; i < 300; i++)
            (await (i % 2 == 0 ? one : two).AcquireAsync(Key, TimeSpan.FromSeconds(30))).Dispose();

        Assert.Equal(before, await ListenerPidsAsync());
    }

    [Fact]
    [Trait("Pitfall", "18: locks and work starve each other in one pool")]
    public async Task AcquireAsync_CallersPoolIsExhausted_IsGranted()
    {
        var connectionString = _database.ConnectionString + ";Maximum Pool Size=1";
        await using var provider = await _database.StartProviderAsync(options => options.ConnectionString = connectionString);
        await using var other = await _database.StartProviderAsync();
        await using var work = new NpgsqlConnection(connectionString);
        await work.OpenAsync(TestContext.Current.CancellationToken);
        (await other.AcquireAsync(Key)).Dispose();

        await using var lease = await provider.AcquireAsync(Key, TimeSpan.FromSeconds(30));

        Assert.True(await provider.Instance.FlushAsync(TestContext.Current.CancellationToken));
        await using var transaction = await work.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await lease.FenceAsync(transaction);
    }

    [Fact]
    [Trait("Pitfall", "21: reading pg_locks locks all of it")]
    public async Task AcquireAsync_Thousands_ReadTheLockTableOnceAHeartbeatAtMost()
    {
        await using var provider = await _database.StartProviderAsync(options => options.Retention = Retention.Off);
        var counter = await StatementCounter.StartAsync(_database);
        var startedAt = TimeProvider.System.GetTimestamp();
        var keys = TestKeys.OfSlots(64);

        for (var i = 0; i < 2000; i++)
            (await provider.AcquireAsync(keys[i % keys.Length])).Dispose();

        var looks = await counter.CountAsync("pg_locks");
        var heartbeats = TimeProvider.System.GetElapsedTime(startedAt) / TimeSpan.FromMilliseconds(100);
        Assert.InRange(looks, 0, heartbeats + 1);
    }

    private static async Task<double> SettingAsync(NpgsqlConnection connection, string name)
    {
        await using var command = new NpgsqlCommand($"SELECT setting FROM pg_settings WHERE name = '{name}'", connection);
        return double.Parse((string)(await command.ExecuteScalarAsync())!, CultureInfo.InvariantCulture);
    }

    private Task<IReadOnlyList<int>> ListenerPidsAsync() => PidsAsync("listener");

    private Task<IReadOnlyList<int>> TelemetryPidsAsync() => PidsAsync("telemetry");

    private Task<IReadOnlyList<int>> PidsAsync(string role) =>
        _database.ColumnAsync<int>("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'pglocks:%:' || $1 ORDER BY pid", role);
}
