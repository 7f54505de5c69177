using Npgsql;
using PgLocks.Migrations;

namespace PgLocks.TestKit;

/// <summary>A migrated database that is copied for each test: far cheaper than migrating each time. One a day, because a schema has partitions for the days to come.</summary>
internal sealed class TemplateDatabase(string serverConnectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _server = NpgsqlDataSource.Create(serverConnectionString);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<DateOnly, string> _migrated = [];
    private string? _strategy;

    public async Task CopyAsync(string name, bool migrated, CancellationToken cancellationToken)
    {
        var template = migrated ? await MigratedAsync(cancellationToken) : "template0";
        await ExecuteAsync($"""CREATE DATABASE "{name}" TEMPLATE "{template}" {_strategy ??= await StrategyAsync(cancellationToken)}""", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _migrated.Values)
            await ExecuteAsync($"""DROP DATABASE "{name}" WITH (FORCE)""", CancellationToken.None);
        await _server.DisposeAsync();
        _gate.Dispose();
    }

    private async Task<string> MigratedAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
            if (!_migrated.TryGetValue(today, out var name))
                _migrated.Add(today, name = await MigrateAsync(cancellationToken));
            return name;
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

    /// <summary>Where nothing is synchronized, files are copied in half the time that it takes to write each page to the log.</summary>
    private async Task<string> StrategyAsync(CancellationToken cancellationToken)
    {
        await using var command = _server.CreateCommand(
            "SELECT CASE WHEN current_setting('fsync')::boolean OR current_setting('server_version_num')::int4 < 150000 THEN '' ELSE 'STRATEGY file_copy' END");
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
