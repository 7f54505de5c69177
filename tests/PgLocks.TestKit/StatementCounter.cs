namespace PgLocks.TestKit;

/// <summary>Counts executed statements of a test database, as the server counts them (pg_stat_statements).</summary>
public sealed class StatementCounter
{
    private const string Forgotten = "SELECT dealloc FROM pg_stat_statements_info";

    private readonly TestDatabase _database;
    private readonly long _forgotten;

    private StatementCounter(TestDatabase database, long forgotten)
    {
        _database = database;
        _forgotten = forgotten;
    }

    /// <summary>Starts at zero.</summary>
    public static async Task<StatementCounter> StartAsync(TestDatabase database)
    {
        await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        await database.ExecuteAsync("SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)");
        return new StatementCounter(database, await database.ScalarAsync<long>(Forgotten));
    }

    /// <summary>Executions of statements that contain the text.</summary>
    public async Task<long> CountAsync(string text)
    {
        var count = await _database.ScalarAsync<long>(
            """
            SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
            WHERE d.datname = current_database() AND position($1 IN s.query) > 0 AND s.query !~ 'pg_stat_statements'
            """,
            text);
        return await _database.ScalarAsync<long>(Forgotten) == _forgotten ? count : throw new InvalidOperationException("The server has forgotten statements: raise pg_stat_statements.max.");
    }
}
