using Dapper;
using Npgsql;
using PgLocks.Migrations;

namespace PgLocks.AdminTool.Demo;

/// <summary>
/// A migrated database of the demo's own: on the given server, where nothing else is touched, or on a server of its own. Disposing
/// leaves nothing of it, unless it is kept.
/// </summary>
internal sealed class DemoDatabase : IAsyncDisposable
{
    private readonly LocalServer? _ownServer;
    private readonly string _serverConnectionString;
    private bool _isKept;

    private DemoDatabase(LocalServer? ownServer, string serverConnectionString, string name, Version serverVersion)
    {
        _ownServer = ownServer;
        _serverConnectionString = serverConnectionString;
        Name = name;
        ServerVersion = serverVersion;
        ConnectionString = new NpgsqlConnectionStringBuilder(serverConnectionString) { Database = name }.ConnectionString;
    }

    public string Name { get; }

    /// <summary>Holds the password.</summary>
    public string ConnectionString { get; }

    public Version ServerVersion { get; }

    /// <summary>The process to end when a kept server shall go; null on a server that was given.</summary>
    public int? OwnServerProcessId => _ownServer?.ProcessId;

    public static async Task<DemoDatabase> CreateAsync(string? connectionString, CancellationToken cancellationToken)
    {
        var ownServer = connectionString is null ? await LocalServer.StartAsync(cancellationToken: cancellationToken) : null;
        try
        {
            return await CreateOnAsync(ownServer, connectionString ?? ownServer!.ConnectionString, cancellationToken);
        }
        catch
        {
            if (ownServer is not null)
                await ownServer.DisposeAsync();
            throw;
        }
    }

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public void Keep()
    {
        _ownServer?.Keep();
        _isKept = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_ownServer is not null)
            await _ownServer.DisposeAsync();
        else if (!_isKept)
            await ExecuteAsync(_serverConnectionString, $"""DROP DATABASE IF EXISTS "{Name}" WITH (FORCE)""", CancellationToken.None);
    }

    private static async Task<DemoDatabase> CreateOnAsync(LocalServer? ownServer, string server, CancellationToken cancellationToken)
    {
        var name = $"pglocks_demo_{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 3))}";
        var version = await ExecuteAsync(server, $"""CREATE DATABASE "{name}" TEMPLATE template0""", cancellationToken);
        var database = new DemoDatabase(ownServer, server, name, version);
        try
        {
            await new SchemaMigrator(database.ConnectionString).MigrateUpAsync(cancellationToken: cancellationToken);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private static async Task<Version> ExecuteAsync(string server, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
        return connection.PostgreSqlVersion;
    }
}
