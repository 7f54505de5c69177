using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>Reads frame after frame. A session that broke is replaced at the next one: a server may restart meanwhile.</summary>
internal sealed class TopSource(Invocation call, Database database, Space space) : IAsyncDisposable
{
    private readonly TopRates _rates = new();
    private Database? _database = database;
    private Space _space = space;
    private DateTime? _since;

    public async Task<TopFrame> ReadAsync(CancellationToken cancellationToken)
    {
        var (reading, next) = await FromDatabaseAsync(connection => TopQueries.ReadAsync(connection, _space, _since, cancellationToken), cancellationToken);
        _rates.Add(reading, _since ?? next);
        _since = next;
        return TopFrame.Of(call.Target, _space, reading, _rates);
    }

    /// <summary>What is known of one slot.</summary>
    public Task<TopSlot> ReadAsync(int slot, CancellationToken cancellationToken) =>
        FromDatabaseAsync(connection => TopSlot.ReadAsync(connection, _space, slot, cancellationToken), cancellationToken);

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<T> FromDatabaseAsync<T>(Func<Npgsql.NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        if (_database is null)
        {
            _database = await Database.OpenAsync(call, cancellationToken);
            _space = await SchemaGate.PassAsync(_database, call, cancellationToken);
        }
        try
        {
            return await _database.ReadAsync(read, cancellationToken);
        }
        catch
        {
            await _database.DisposeAsync();
            _database = null;
            throw;
        }
    }
}
