using System.Data;
using System.Security.Cryptography;
using Dapper;
using Npgsql;
using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Connecting;

/// <summary>
/// The session of one verb. Every piece of work is a transaction with a statement timeout of its own, set for that transaction alone: so it is
/// right behind a transaction pooler too, and leaves nothing in a session that others use afterwards.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    public const string ApplicationName = "pglocks:admin";

    // The server's own timeout comes first; this is for a server that answers nothing at all.
    private const int PatienceSeconds = 2;

    private readonly NpgsqlConnection _connection;
    private readonly TimeSpan _timeout;

    private Database(NpgsqlConnection connection, TimeSpan timeout)
    {
        _connection = connection;
        _timeout = timeout;
    }

    /// <summary>The backend that the server named at the connection's start; behind a pooler it is not the one that answers.</summary>
    public int AnnouncedBackend => _connection.ProcessID;

    /// <exception cref="ToolException">No server, no such database, login refused …</exception>
    public static async Task<Database> OpenAsync(Invocation call, CancellationToken cancellationToken)
    {
        var seconds = (int)Math.Ceiling(Math.Min(call.Timeout.TotalSeconds, int.MaxValue / 1000));
        var settings = new NpgsqlConnectionStringBuilder(call.Target.ConnectionString)
        {
            ApplicationName = ApplicationName,
            Pooling = false,
            Enlist = false,
            Timeout = Math.Min(seconds, 1024),
            CommandTimeout = seconds + PatienceSeconds,
        };
        NpgsqlConnection? connection = null;
        try
        {
            connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return new Database(connection, call.Timeout);
        }
        catch (Exception exception)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            if (exception is ArgumentException or NotSupportedException or InvalidOperationException or IOException or CryptographicException)
                throw ServerErrors.BadSettings(exception);
            if (exception is NpgsqlException { InnerException: TimeoutException } or TimeoutException)
                throw ServerErrors.NoAnswer(call, exception);
            throw;
        }
    }

    /// <summary>Looks, and cannot change anything.</summary>
    public Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        InTransactionAsync("SET TRANSACTION READ ONLY", work, cancellationToken);

    public Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        InTransactionAsync("SET TRANSACTION READ WRITE", work, cancellationToken);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<T> InTransactionAsync<T>(string mode, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var transaction = await _connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var milliseconds = (int)Math.Clamp(_timeout.TotalMilliseconds, 1, int.MaxValue);
        await _connection.ExecuteAsync(new CommandDefinition(
            $"{mode}; SET LOCAL statement_timeout = {milliseconds}", transaction: transaction, cancellationToken: cancellationToken));
        var result = await work(_connection);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }
}
