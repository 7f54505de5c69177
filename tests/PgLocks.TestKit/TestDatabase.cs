using Npgsql;

namespace PgLocks.TestKit;

/// <summary>A database of one test (or of one class of tests); disposing drops it, whoever is still connected.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _serverConnectionString;
    private readonly NpgsqlDataSource _source;

    internal TestDatabase(string serverConnectionString, string name)
    {
        _serverConnectionString = serverConnectionString;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(serverConnectionString) { Database = name }.ConnectionString;
        _source = NpgsqlDataSource.Create(ConnectionString);
    }

    public string Name { get; }

    public string ConnectionString { get; }

    /// <summary>An open connection from this database's own pool.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken = default) =>
        await _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Runs SQL with parameters $1, $2, …; returns the number of rows it changed.</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] arguments)
    {
        await using var command = CreateCommand(sql, arguments);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row; the type's default when that is NULL or there is no row.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object?[] arguments)
    {
        await using var command = CreateCommand(sql, arguments);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() && !await reader.IsDBNullAsync(0) ? await reader.GetFieldValueAsync<T>(0) : default;
    }

    /// <summary>The first column of every row.</summary>
    public async Task<IReadOnlyList<T>> ColumnAsync<T>(string sql, params object?[] arguments)
    {
        await using var command = CreateCommand(sql, arguments);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await reader.ReadAsync())
            values.Add(await reader.GetFieldValueAsync<T>(0));
        return values;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await using var connection = new NpgsqlConnection(_serverConnectionString);
        await connection.OpenAsync();
        await using var drop = new NpgsqlCommand($"""DROP DATABASE IF EXISTS "{Name}" WITH (FORCE)""", connection);
        await drop.ExecuteNonQueryAsync();
        // Pools that the test opened by connection string: their sessions are gone.
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
    }

    private NpgsqlCommand CreateCommand(string sql, object?[] arguments)
    {
        var command = _source.CreateCommand(sql);
        foreach (var argument in arguments)
            command.Parameters.Add(new NpgsqlParameter { Value = argument ?? DBNull.Value });
        return command;
    }
}
