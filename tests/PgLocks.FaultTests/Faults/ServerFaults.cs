using Npgsql;
using PgLocks.AdminTool.Demo;

namespace PgLocks.FaultTests.Faults;

/// <summary>Done to the server, and with it to everybody.</summary>
internal static class ServerFaults
{
    private const double HeldSeconds = 2;

    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("kill-backend", false, KillBackendAsync),
        new("restart", false, RestartAsync),
        new("exhaust-connections", false, ExhaustConnectionsAsync),
    ];

    /// <summary>One backend that is no concern of ours dies, and the server resets all of them.</summary>
    private static async Task KillBackendAsync(Arena arena, Injection injection)
    {
        await using var connection = await arena.OpenPatientlyAsync();
        injection.Start();
        UnixSignal.Send(connection.ProcessID, UnixSignal.Kill);
        await arena.ColumnAsync<int>("SELECT 1");
        injection.End();
    }

    private static async Task RestartAsync(Arena arena, Injection injection)
    {
        injection.Start();
        await arena.Server.RestartAsync(ShutdownMode.Immediate);
        injection.End();
    }

    /// <summary>Every connection that the server has left is used up, and then home sessions have to be opened anew.</summary>
    private static async Task ExhaustConnectionsAsync(Arena arena, Injection injection)
    {
        var connections = new List<NpgsqlConnection>();
        try
        {
            await FillAsync(arena, connections);
            injection.Start();
            await using (var terminate = new NpgsqlCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'pglocks:%:home'", connections[0]))
                await terminate.ExecuteNonQueryAsync();
            await FillAsync(arena, connections);
            await Fault.WaitAsync(HeldSeconds);
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }
        injection.End();
    }

    private static async Task FillAsync(Arena arena, List<NpgsqlConnection> connections)
    {
        try
        {
            while (true)
                connections.Add(await arena.OpenAsync());
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            // That is what was wanted.
        }
    }
}
