using Npgsql;

namespace PgLocks.FaultTests.Traffic;

/// <summary>The data that the locks protect: a number a key, read and then written, and a row for each increment.</summary>
internal sealed class Ledger(string connectionString, Journal journal, bool fenced) : IAsyncDisposable
{
    internal const string Schema = """
        CREATE TABLE counters (key int PRIMARY KEY, value bigint NOT NULL, token bigint NOT NULL) WITH (fillfactor = 20);
        CREATE TABLE increments (key int NOT NULL, value bigint NOT NULL, token bigint NOT NULL, section bigint NOT NULL);
        """;

    // A frozen process must not keep its transaction, and with it the rows, for ever.
    private const string SessionOptions = "-c idle_in_transaction_session_timeout=2000";

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        ApplicationName = "traffic",
        Options = SessionOptions,
        MaxPoolSize = 10,
        Timeout = 5,
        CommandTimeout = 10,
    });

    /// <summary>How many increments the server acknowledged: all of them or none.</summary>
    internal Task<int> IncrementAsync(IReadOnlyList<Section> sections) => InTransactionAsync(transaction => WriteAsync(transaction, sections), sections);

    /// <summary>The same under the lease that <paramref name="acquire"/> gets in the transaction, if it gets one.</summary>
    internal async Task<int> IncrementAsync(Func<NpgsqlTransaction, Task<Section?>> acquire)
    {
        var sections = new List<Section>();
        var increments = await InTransactionAsync(
            async transaction =>
            {
                if (await acquire(transaction) is not { } section)
                    return;
                sections.Add(section);
                await WriteAsync(transaction, sections);
            },
            sections);
        sections.ForEach(section => section.Lease.Dispose());
        return increments;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    private async Task<int> InTransactionAsync(Func<NpgsqlTransaction, Task> work, IReadOnlyList<Section> sections)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            try
            {
                await work(transaction);
            }
            finally
            {
                // Before the commit or the rollback that releases the key of a lock in this transaction.
                foreach (var section in sections)
                    section.LeaveTransaction();
            }
            if (sections.Count > 0)
                await transaction.CommitAsync();
            foreach (var section in sections)
                journal.Write(Happening.Acknowledged, section.Key, section.Lease.FencingToken, section.Id);
            return sections.Count;
        }
        catch (Exception failure) when (failure is NpgsqlException or PgLockException or TimeoutException or IOException or InvalidOperationException)
        {
            foreach (var section in sections)
                journal.Write(Happening.Failed, section.Key, section.Lease.FencingToken, section.Id, text: failure.GetType().Name);
            return 0;
        }
    }

    private async Task WriteAsync(NpgsqlTransaction transaction, IReadOnlyList<Section> sections)
    {
        foreach (var section in fenced ? sections : [])
            await section.Lease.FenceAsync(transaction);
        var values = await ReadAsync(transaction, [.. sections.Select(section => section.Key)]);
        await using var write = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var section in sections)
        {
            var value = ++values[section.Key];
            write.BatchCommands.Add(new("UPDATE counters SET value = $2, token = $3 WHERE key = $1") { Parameters = { Value(section.Key), Value(value), Value(section.Lease.FencingToken) } });
            write.BatchCommands.Add(new("INSERT INTO increments VALUES ($1, $2, $3, $4)")
            {
                Parameters = { Value(section.Key), Value(value), Value(section.Lease.FencingToken), Value(section.Id) },
            });
        }
        await write.ExecuteNonQueryAsync();
        foreach (var section in sections)
            journal.Write(Happening.Committing, section.Key, section.Lease.FencingToken, section.Id, values[section.Key]);
    }

    private static async Task<Dictionary<int, long>> ReadAsync(NpgsqlTransaction transaction, int[] keys)
    {
        var values = new Dictionary<int, long>();
        await using var read = new NpgsqlCommand("SELECT key, value FROM counters WHERE key = ANY ($1)", transaction.Connection, transaction) { Parameters = { Value(keys) } };
        await using var row = await read.ExecuteReaderAsync();
        while (await row.ReadAsync())
            values[row.GetInt32(0)] = row.GetInt64(1);
        return values;
    }
}
