using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.Benchmarks.Worker;
using PgLocks.Migrations;

namespace PgLocks.Benchmarks.Compare;

/// <summary>The PostgreSQL server of a comparison: the given one, or one of its own with fsync on; in it a database of its own, removed afterwards.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private const string Variable = "PGLOCKS_CONNECTION";

    private readonly LocalServer? _own;
    private readonly string _admin;
    private readonly string _database;

    private BenchServer(LocalServer? own, string admin, string database)
    {
        _own = own;
        _admin = admin;
        _database = database;
        ConnectionString = new NpgsqlConnectionStringBuilder(admin) { Database = database }.ConnectionString;
    }

    internal string ConnectionString { get; }

    internal bool IsGiven => _own is null;

    internal static async Task<BenchServer> StartAsync(CancellationToken cancellationToken)
    {
        string? given = Environment.GetEnvironmentVariable(Variable);
        LocalServer? own = string.IsNullOrEmpty(given) ? await StartOwnAsync(cancellationToken) : null;
        var server = new BenchServer(own, own?.ConnectionString ?? given!, $"pglocks_bench_{Guid.NewGuid():N}");
        try
        {
            await ExecuteAsync(server._admin, $"CREATE DATABASE {server._database}");
            await new SchemaMigrator(server.ConnectionString).MigrateUpAsync(cancellationToken: cancellationToken);
            await ExecuteAsync(server.ConnectionString, $"SELECT pglocks.create_space('{RunSpec.LargeSpace}', 4096)");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_own is not null)
            await _own.DisposeAsync();
        else
            await ExecuteAsync(_admin, $"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
    }

    /// <summary>Does what the runs so far have left to do, so that the server does not do it beside the next ones.</summary>
    internal async Task CatchUpAsync()
    {
        await ExecuteAsync(ConnectionString, "DO $$ BEGIN WHILE pglocks.maintain() IS NOT NULL LOOP END LOOP; END $$");
        await ExecuteAsync(ConnectionString, "VACUUM ANALYZE");
        await ExecuteAsync(ConnectionString, "CHECKPOINT");
    }

    /// <summary>With the extension that counts statements, if the installation has it.</summary>
    private static async Task<LocalServer> StartOwnAsync(CancellationToken cancellationToken)
    {
        var plain = new LocalServerOptions { MaxConnections = 400 };
        try
        {
            return await LocalServer.StartAsync(plain with { Settings = new Dictionary<string, string> { ["shared_preload_libraries"] = "pg_stat_statements" } }, cancellationToken);
        }
        catch (LocalServerException)
        {
            return await LocalServer.StartAsync(plain, cancellationToken);
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
