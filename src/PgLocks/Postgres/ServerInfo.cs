using System.Data;
using System.Globalization;
using Npgsql;

namespace PgLocks.Postgres;

/// <summary>The server at the other end of a session, as it told at the connection's start.</summary>
/// <param name="BackendPid">The session's backend.</param>
/// <param name="BackendStart">When the backend began; with the pid it names a session for ever.</param>
/// <param name="IsStandby">Whether the server is in recovery: locks there exclude nobody on the primary.</param>
/// <param name="SystemIdentifier">The cluster.</param>
/// <param name="Age">Since the server was started or recovered from a crash, by its own clock, which may have been set meanwhile.</param>
/// <param name="Version">As in <c>server_version_num</c>.</param>
/// <param name="Encoding">Of the server.</param>
/// <param name="Life">Another one after each start and each recovery.</param>
internal sealed record ServerInfo(
    int BackendPid, DateTime BackendStart, bool IsStandby, long SystemIdentifier, TimeSpan Age, int Version, string Encoding, string Life)
{
    internal const int OldestVersion = 140000;

    /// <param name="connection">Just opened.</param>
    /// <param name="seconds">How long the answer may take; null for as long as any of the connection's.</param>
    internal static ServerInfo Read(NpgsqlConnection connection, int? seconds = null)
    {
        using var command = new NpgsqlCommand(Sql.Server, connection) { CommandTimeout = seconds ?? connection.CommandTimeout };
        using NpgsqlDataReader row = command.ExecuteReader(CommandBehavior.SingleRow);
        row.Read();
        return new ServerInfo(
            row.GetInt32(0), row.GetDateTime(1), row.GetBoolean(2), row.GetInt64(3),
            TimeSpan.FromSeconds(row.GetDouble(4)), row.GetInt32(5), row.GetString(6), row.GetString(7));
    }

    /// <summary>Refuses what cannot be locked on safely.</summary>
    /// <exception cref="PgLocksConfigurationException">A pooler, a standby, a server too old or not in UTF-8.</exception>
    internal void Check(NpgsqlConnection connection, bool allowSessionPooler)
    {
        if (Version < OldestVersion)
            throw new PgLocksConfigurationException($"The server is PostgreSQL {Version / 10000}; PgLocks needs 14 or newer, for idle_session_timeout.");
        if (Encoding != "UTF8")
            throw new PgLocksConfigurationException($"The database is encoded in {Encoding}; PgLocks needs UTF8, so that SQL computes the same slots. Create one with ENCODING 'UTF8'.");
        if (IsStandby)
            throw new PgLocksConfigurationException($"{connection.Host}:{connection.Port} is a standby: locks there exclude nobody. Connect to the primary (Target Session Attributes=primary).");
        if (IsPooled(connection) && !allowSessionPooler)
        {
            throw new PgLocksConfigurationException(string.Create(CultureInfo.InvariantCulture,
                $"A pooler stands between (backend {BackendPid}, connection {connection.ProcessID}): in transaction mode two holders would both get a lock. Connect directly, or set AllowSessionPooler if it is in session mode."));
        }
    }

    /// <summary>A pooler makes up the backend that a connection is told at its start.</summary>
    internal bool IsPooled(NpgsqlConnection connection) => BackendPid != connection.ProcessID;
}
