using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>Starts providers on a test's database.</summary>
internal static class Providers
{
    /// <summary>Default times: nothing is lost on a busy machine.</summary>
    public static async Task<PgLockProvider> StartProviderAsync(this TestDatabase database, Action<PgLocksOptions>? change = null)
    {
        var options = new PgLocksOptions { ConnectionString = database.ConnectionString, ApplicationName = "tests", HeartbeatInterval = TimeSpan.FromMilliseconds(100) };
        change?.Invoke(options);
        // A server that was started just now counts as one that lost its locks: every gain would wait for the lock delay.
        await Eventually.ThatAsync(
            () => database.ScalarAsync<bool>("SELECT clock_timestamp() > pg_postmaster_start_time() + make_interval(secs => $1)", options.LockDelay.TotalSeconds + 0.1),
            because: "the server is older than the lock delay");
        return await PgLockProvider.StartAsync(options);
    }

    /// <summary>Short times, for tests in which a lease must be lost.</summary>
    public static Task<PgLockProvider> StartShortLivedAsync(this TestDatabase database, Action<PgLocksOptions>? change = null) =>
        database.StartProviderAsync(options =>
        {
            options.LeaseDuration = TimeSpan.FromMilliseconds(600);
            options.ServerLeaseDuration = TimeSpan.FromMilliseconds(1200);
            change?.Invoke(options);
        });

    /// <summary>Gains a slot and keeps it. One that has to be waited for is released as soon as it is idle, and kept when it is wanted again after a calm.</summary>
    public static async Task GainAndKeepAsync(this PgLockProvider provider, PositionKey key)
    {
        (await provider.AcquireAsync(key)).Dispose();
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        (await provider.AcquireAsync(key)).Dispose();
    }

    /// <summary>A pool-free connection of a program that is no PgLocks instance.</summary>
    public static async Task<NpgsqlConnection> OpenForeignAsync(this TestDatabase database)
    {
        var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false;Application Name=psql");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A transaction that is fenced by the lease, and nothing else.</summary>
    public static async Task FenceAsync(this TestDatabase database, LockLease lease)
    {
        await using var connection = await database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await lease.FenceAsync(transaction);
        await transaction.CommitAsync();
    }

    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, params object[] arguments)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
        foreach (var argument in arguments)
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        await command.ExecuteNonQueryAsync();
    }
}
