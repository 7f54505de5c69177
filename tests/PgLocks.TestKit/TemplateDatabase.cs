using Npgsql;
using PgLocks.Migrations;

namespace PgLocks.TestKit;

/// <summary>A migrated database that is copied for each test: far cheaper than migrating each time.</summary>
internal sealed class TemplateDatabase(string serverConnectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _server = NpgsqlDataSource.Create(serverConnectionString);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _migrated;

    public async Task CopyAsync(string name, bool migrated, CancellationToken cancellationToken)
    {
        var template = migrated ? await MigratedAsync(cancellationToken) : "template0";
        await ExecuteAsync($"""CREATE DATABASE "{name}" TEMPLATE "{template}" """, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_migrated is not null)
            await ExecuteAsync($"""DROP DATABASE "{_migrated}" WITH (FORCE)""", CancellationToken.None);
        await _server.DisposeAsync();
        _gate.Dispose();
    }

    private async Task<string> MigratedAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return _migrated ??= await MigrateAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<string> MigrateAsync(CancellationToken cancellationToken)
    {
        var name = DatabaseName.For("template");
        await ExecuteAsync($"""CREATE DATABASE "{name}" TEMPLATE template0""", cancellationToken);
        // Without a pool, since a database that somebody is connected to cannot be copied.
        var connectionString = new NpgsqlConnectionStringBuilder(serverConnectionString) { Database = name, Pooling = false }.ConnectionString;
        await new SchemaMigrator(connectionString).MigrateUpAsync(cancellationToken: cancellationToken);
        await ExecuteAsync($"""ALTER DATABASE "{name}" ALLOW_CONNECTIONS false""", cancellationToken);
        return name;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
