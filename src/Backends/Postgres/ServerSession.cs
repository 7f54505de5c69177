using Npgsql;
using NpgsqlTypes;
using PgLocks.Postgres;

namespace PgLocks.Backends.Postgres;

/// <summary>One server session that holds, or waits for, one lock at a time.</summary>
internal sealed class ServerSession : IAsyncDisposable
{
    /// <summary>The server's words for what every session sets. A silent one is a frozen process: it is ended, and pinged until then.</summary>
    private static readonly (string[] Names, string[] Values) Settings = (
        ["search_path", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout", "client_connection_check_interval",
            "default_transaction_isolation", "default_transaction_read_only", "synchronous_commit"],
        ["pg_catalog", "0", "30000", "0", "5000", "1000", "read committed", "off", "off"]);

    private readonly NpgsqlConnection _connection;
    private readonly TimeProvider _time;
    private readonly long _youngUntil;

    private ServerSession(NpgsqlConnection connection, TimeSpan youngFor, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        _youngUntil = time.GetTimestamp() + (long)(youngFor.TotalSeconds * time.TimestampFrequency);
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState is System.Data.ConnectionState.Closed or System.Data.ConnectionState.Broken)
                Broken?.Invoke();
        };
    }

    /// <summary>Called when the connection is seen to be broken, by a ping at the latest, once a second.</summary>
    internal Action? Broken { get; set; }

    /// <summary>Whether the server may have forgotten owners that live.</summary>
    internal bool IsServerYoung => _time.GetTimestamp() < _youngUntil;

    internal bool IsOpen => _connection.State == System.Data.ConnectionState.Open;

    internal static async Task<ServerSession> OpenAsync(string connectionString, Space space, TimeSpan lockDelay, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            ServerInfo server = ServerInfo.Read(connection);
            SpaceReader.Recheck(connection, space, server);
            var session = new ServerSession(connection, lockDelay - server.Age, time);
            await session.ScalarAsync(Sql.SessionSettings, cancellationToken, new() { Value = Settings.Names }, new() { Value = Settings.Values }).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal static string ConnectionString(string target, string role) => new NpgsqlConnectionStringBuilder(target)
    {
        ApplicationName = $"pglocks:{role}",
        Pooling = false,
        Enlist = false,
        Multiplexing = false,
        KeepAlive = 1,
        TcpKeepAlive = true,
        TcpKeepAliveTime = 1,
        TcpKeepAliveInterval = 1,
        MaxAutoPrepare = 8,
        AutoPrepareMinUsages = 2,
    }.ConnectionString;

    internal async ValueTask<object?> ScalarAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 30 };
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(parameters);
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stands in the server's line, then draws; again and again, because a wait that never ends would hold back the server's clean-up.</summary>
    internal async ValueTask<long> WaitAsync(string wait, NpgsqlParameter[] what, string draw, uint sequence, CancellationToken cancellationToken)
    {
        while (true)
        {
            var batch = new NpgsqlBatch(_connection) { Timeout = 0 };
            await using (batch.ConfigureAwait(false))
            {
                var first = new NpgsqlBatchCommand(wait);
                foreach (NpgsqlParameter parameter in what)
                    first.Parameters.Add(parameter.Clone());
                batch.BatchCommands.Add(first);
                batch.BatchCommands.Add(new NpgsqlBatchCommand(draw) { Parameters = { Sequence(sequence) } });
                try
                {
                    NpgsqlDataReader row = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                    await using (row.ConfigureAwait(false))
                    {
                        await row.NextResultAsync(cancellationToken).ConfigureAwait(false);
                        await row.ReadAsync(cancellationToken).ConfigureAwait(false);
                        return row.GetInt64(0);
                    }
                }
                catch (PostgresException timeout) when (SqlStates.IsLockTimeout(timeout))
                {
                    // The lock can have been granted all the same.
                    await ReleaseAllAsync().ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>After a wait that failed: whether its lock was granted is not known.</summary>
    internal ValueTask<object?> ReleaseAllAsync() => ScalarAsync(BackendSql.ReleaseAll, CancellationToken.None);

    internal static NpgsqlParameter Sequence(uint sequence) => new() { Value = sequence, NpgsqlDbType = NpgsqlDbType.Oid };

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
