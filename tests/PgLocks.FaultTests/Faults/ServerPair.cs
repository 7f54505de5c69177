using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.FaultTests.Faults;

/// <summary>A standby beside the server, which every commit of data waits for, and a way to the data for each seat that can lead to the other one.</summary>
internal sealed class ServerPair(StandbyServer standby, TcpProxy replication, IReadOnlyList<TcpProxy> dataProxies) : IAsyncDisposable
{
    internal StandbyServer Standby => standby;

    /// <summary>By which the standby follows the server.</summary>
    internal TcpProxy Replication => replication;

    /// <summary>By seat.</summary>
    internal IReadOnlyList<TcpProxy> DataProxies => dataProxies;

    internal static async Task<ServerPair> StartAsync(LocalServer primary, int seats)
    {
        var replication = TcpProxy.Start(primary.ConnectionString);
        var standby = await StandbyServer.StartAsync(primary, replication.Port);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(primary.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        // What was acknowledged must be on the standby, or its loss would look like one of ours.
        foreach (var sql in new[] { "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
        return new ServerPair(standby, replication, [.. Enumerable.Range(0, seats).Select(_ => TcpProxy.Start(primary.ConnectionString))]);
    }

    /// <summary>For one seat's data. A cancelled commit would be acknowledged though the standby does not have it, so none is cancelled.</summary>
    internal string DataThrough(int seat, string connectionString) =>
        new NpgsqlConnectionStringBuilder(dataProxies[seat].Through(connectionString)) { CancellationTimeout = -1 }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in dataProxies)
            await proxy.DisposeAsync();
        await standby.DisposeAsync();
        await replication.DisposeAsync();
    }
}
