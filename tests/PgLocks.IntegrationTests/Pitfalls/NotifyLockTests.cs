using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Locks;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Pitfalls;

/// <summary>Another application whose notifying transaction hangs in its commit. On a server of its own, since that stops every other notification of the cluster.</summary>
public sealed class NotifyLockTests
{
    [Fact]
    [Trait("Pitfall", "19: a notification takes a lock of the whole cluster")]
    public async Task AcquireAsync_EveryNotificationHangs_FreeAndKeptSlotsAreGrantedAndNoneIsLost()
    {
        var options = TestServerOptions.ForBinariesFound();
        var settings = new Dictionary<string, string>(options.Settings) { ["synchronous_standby_names"] = "nobody", ["synchronous_commit"] = "local" };
        await using var server = await LocalServer.StartAsync(options with { Settings = settings });
        await new SchemaMigrator(server.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var source = NpgsqlDataSource.Create(server.ConnectionString);
        await using var provider = await PgLockProvider.StartAsync(server.ConnectionString, TestContext.Current.CancellationToken);
        await using var other = await PgLockProvider.StartAsync(server.ConnectionString, TestContext.Current.CancellationToken);
        var keys = TestKeys.OfSlots(4);
        // Of the last, the provider knows that another asked for it, and not that it is free again.
        await other.GainAndKeepAsync(keys[3]);
        await provider.GainAndKeepAsync(keys[3]);
        (await other.AcquireAsync(keys[3])).Dispose();
        await using var othersLease = await other.AcquireAsync(keys[2], TimeSpan.FromSeconds(30));
        await using (await provider.AcquireAsync(keys[0], TimeSpan.FromSeconds(30)))
        {
        }
        // Its commit waits for a standby that never comes, with the lock of all notifications in its hands.
        await using var hanging = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false, Database = "template1" }.ConnectionString);
        await hanging.OpenAsync(TestContext.Current.CancellationToken);
        var commit = hanging.ExecuteAsync("SET synchronous_commit = on; BEGIN; CREATE TABLE other_work (x int); NOTIFY other; COMMIT");
        await using var holding = source.CreateCommand("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'object' AND classid = 'pg_database'::regclass AND objid = 0 AND granted");
        await Eventually.ThatAsync(async () => await holding.ExecuteScalarAsync() is true, because: "the commit holds the lock");

        var waits = provider.Instance.RoundTrips.Waits;
        await using (await provider.AcquireAsync(keys[3], TimeSpan.FromSeconds(30)))
            Assert.Equal(waits + 1, provider.Instance.RoundTrips.Waits);
        await using (var kept = await provider.AcquireAsync(keys[0], TimeSpan.FromSeconds(30)))
        {
            // The session that asks for the slot hangs as well, so it must own none.
            await Assert.ThrowsAsync<LockTimeoutException>(() => provider.AcquireAsync(keys[2], TimeSpan.FromSeconds(1)).AsTask());
            await using (await provider.AcquireAsync(keys[1], TimeSpan.FromSeconds(30)))
                Assert.False(commit.IsCompleted);
            Assert.False(kept.LostToken.IsCancellationRequested);
        }

        await using var end = source.CreateCommand($"SELECT pg_cancel_backend({hanging.ProcessID})");
        await end.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await commit;
    }
}
