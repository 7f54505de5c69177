using Npgsql;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>A streaming standby of a <see cref="LocalServer"/>. Nothing is left of it after the test, however that ends.</summary>
public sealed class StandbyServer : IAsyncDisposable
{
    private readonly LocalServer _primary;
    private readonly TemporaryFolder _folder;
    private readonly PostgresProcess _process;

    private StandbyServer(LocalServer primary, TemporaryFolder folder, PostgresProcess process)
    {
        _primary = primary;
        _folder = folder;
        _process = process;
    }

    public int Port => _process.Port;

    /// <summary>For the superuser, in the database 'postgres'.</summary>
    public string ConnectionString => _process.ConnectionString;

    /// <summary>Copies the primary and follows it; returns when it answers queries.</summary>
    /// <param name="primary">Which is frozen while it is copied.</param>
    /// <param name="port">Where the primary is followed by way of a proxy; null for its own.</param>
    public static async Task<StandbyServer> StartAsync(LocalServer primary, int? port = null)
    {
        var folder = await TemporaryFolder.CreateAsync("pglocks");
        try
        {
            await CopyAsync(primary, folder);
            var settings = LocalServerSettings.For(TestServerOptions.ForBinariesFound(), folder);
            settings["primary_conninfo"] = $"host=127.0.0.1 port={port ?? primary.Port} user=postgres password={primary.Password}";
            var process = new PostgresProcess(primary.Binaries, folder, settings, primary.Password);
            await process.StartAsync();
            return new StandbyServer(primary, folder, process);
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same connection string, by way of this server.</summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = Port }.ConnectionString;

    /// <summary>Waits until everything that the primary has written so far can be read here.</summary>
    public async Task CatchUpAsync()
    {
        var written = await ScalarAsync<string>(_primary.ConnectionString, "SELECT pg_current_wal_lsn()::text");
        await Eventually.ThatAsync(
            () => ScalarAsync<bool>(ConnectionString, $"SELECT pg_last_wal_replay_lsn() >= '{written}'"),
            because: "the standby catches up with the primary");
    }

    /// <summary>Makes it a primary; returns when it accepts writes.</summary>
    public Task PromoteAsync() => ScalarAsync<bool>(ConnectionString, "SELECT pg_promote(wait => true, wait_seconds => 60)");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _folder.DisposeAsync();
    }

    /// <summary>A frozen server's folder is as a crash would leave it, which it recovers from; pg_basebackup does not come with every build of a server.</summary>
    private static async Task CopyAsync(LocalServer primary, TemporaryFolder folder)
    {
        primary.Pause();
        try
        {
            await GuardedProcess.RunAsync(folder, ["cp", "-a", Path.Combine(primary.Folder, "data"), folder["data"]]);
        }
        finally
        {
            primary.Resume();
        }
        await GuardedProcess.RunAsync(folder, ["rm", Path.Combine(folder["data"], "postmaster.pid")]);
        await GuardedProcess.RunAsync(folder, ["touch", Path.Combine(folder["data"], "standby.signal")]);
    }

    private static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
