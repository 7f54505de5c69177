using Npgsql;
using PgLocks.Benchmarks.Contenders;

namespace PgLocks.Benchmarks.Compare;

/// <summary>What the server itself counts while contenders run.</summary>
internal sealed class ServerView : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private bool _countsCalls;

    private ServerView(NpgsqlConnection connection) => _connection = connection;

    internal static async Task<ServerView> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var view = new ServerView(connection);
        view._countsCalls = await view.TryCountCallsAsync();
        return view;
    }

    internal Task<string> VersionAsync() => ScalarAsync<string>("SHOW server_version");

    internal Task<string> FsyncAsync() => ScalarAsync<string>("SHOW fsync");

    /// <summary>Since its start or its last recovery.</summary>
    internal Task<double> AgeSecondsAsync() => ScalarAsync<double>(
        "SELECT extract(epoch FROM clock_timestamp() - greatest(pg_postmaster_start_time(), (SELECT stats_reset FROM pg_stat_bgwriter)))::float8");

    /// <summary>Statements run in this database so far; null where nothing counts them.</summary>
    internal async Task<long?> CallsAsync() => _countsCalls
        ? await ScalarAsync<long>("SELECT coalesce(sum(calls), 0)::int8 FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '%pg_stat_statements%'")
        : null;

    /// <summary>Sessions of PgLocks by role, such as <c>home 2, listener 2</c>.</summary>
    internal async Task<string?> SessionsAsync()
    {
        await using var command = new NpgsqlCommand($"""
            SELECT string_agg(role || ' ' || sessions, ', ' ORDER BY role)
              FROM (SELECT split_part(application_name, ':', 3) AS role, count(*) AS sessions FROM pg_stat_activity
                     WHERE application_name LIKE 'pglocks:{PgLocksContender.ApplicationName}:%' GROUP BY 1) AS r
            """, _connection);
        return await command.ExecuteScalarAsync() as string;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<bool> TryCountCallsAsync()
    {
        try
        {
            await using var create = new NpgsqlCommand("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", _connection);
            await create.ExecuteNonQueryAsync();
            await ScalarAsync<long>("SELECT count(*) FROM pg_stat_statements");
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
