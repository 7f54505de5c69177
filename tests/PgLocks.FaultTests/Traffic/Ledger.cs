using Npgsql;

namespace PgLocks.FaultTests.Traffic;

/// <summary>The data that the locks protect: a number a key, read and then written, and a row for each increment.</summary>
internal sealed class Ledger(string connectionString, Journal journal, bool fenced) : IAsyncDisposable
{
    internal const string Schema = """
        CREATE TABLE counters (key int PRIMARY KEY, value bigint NOT NULL, token bigint NOT NULL);
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

    /// <summary>True when the server acknowledged it.</summary>
    internal async Task<bool> IncrementAsync(int key, LockLease lease, long section)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            if (fenced)
                await lease.FenceAsync(transaction);
            await using var read = new NpgsqlCommand("SELECT value FROM counters WHERE key = $1", connection) { Parameters = { new() { Value = key } } };
            var value = (long)(await read.ExecuteScalarAsync())! + 1;
            await using var write = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new("UPDATE counters SET value = $2, token = $3 WHERE key = $1") { Parameters = { new() { Value = key }, new() { Value = value }, new() { Value = lease.FencingToken } } },
                    new("INSERT INTO increments VALUES ($1, $2, $3, $4)")
                    {
                        Parameters = { new() { Value = key }, new() { Value = value }, new() { Value = lease.FencingToken }, new() { Value = section } },
                    },
                },
            };
            await write.ExecuteNonQueryAsync();
            journal.Write(Happening.Committing, key, lease.FencingToken, section, value);
            await transaction.CommitAsync();
            journal.Write(Happening.Acknowledged, key, lease.FencingToken, section, value);
            return true;
        }
        catch (Exception failure) when (failure is NpgsqlException or PgLockException or TimeoutException or IOException or InvalidOperationException)
        {
            journal.Write(Happening.Failed, key, lease.FencingToken, section, text: failure.GetType().Name);
            return false;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
