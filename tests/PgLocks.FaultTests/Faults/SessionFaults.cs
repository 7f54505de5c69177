using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.FaultTests.Faults;

/// <summary>Done to sessions of one worker, by the server.</summary>
internal static class SessionFaults
{
    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("terminate-home", true, (arena, injection) => EndAsync(arena, injection, "home")),
        new("terminate-waiter", true, (arena, injection) => EndAsync(arena, injection, "waiter")),
        new("terminate-listener", true, (arena, injection) => EndAsync(arena, injection, "listener")),
        new("terminate-telemetry", true, (arena, injection) => EndAsync(arena, injection, "telemetry")),
        new("cancel-waiters", true, CancelWaitersAsync),
    ];

    private const int Cancels = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static async Task EndAsync(Arena arena, Injection injection, string role)
    {
        await UntilThereAsync(arena, injection, role);
        await using var connection = await arena.OpenPatientlyAsync();
        await using var terminate = new NpgsqlCommand("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1", connection)
        {
            Parameters = { new() { Value = RunFiles.SessionName(injection.Worker!.Value, role) } },
        };
        injection.Start();
        await terminate.ExecuteNonQueryAsync();
        injection.End();
    }

    /// <summary>A wait that is cancelled can have been granted in the same moment: the session has to ask what it holds.</summary>
    private static async Task CancelWaitersAsync(Arena arena, Injection injection)
    {
        await UntilThereAsync(arena, injection, "waiter");
        injection.Start();
        for (var sent = 0; sent < Cancels;)
        {
            // Another fault can end this connection, or the whole server, meanwhile.
            await using var connection = await arena.OpenPatientlyAsync();
            sent += await SendCancelsAsync(connection, RunFiles.SessionName(injection.Worker!.Value, "waiter"), Cancels - sent);
        }
        injection.End();
    }

    /// <summary>How many cancels were sent before the connection broke, if it did.</summary>
    private static async Task<int> SendCancelsAsync(NpgsqlConnection connection, string session, int most)
    {
        await using var cancel = new NpgsqlCommand("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'", connection) { Parameters = { new() { Value = session } } };
        var sent = 0;
        try
        {
            for (; sent < most; sent++)
                await cancel.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // The others go by another connection.
        }
        return sent;
    }

    private static Task UntilThereAsync(Arena arena, Injection injection, string role) => Eventually.ThatAsync(
        async () => (await arena.BackendsAsync(injection.Worker!.Value, role)).Count > 0, Patience, $"worker {injection.Worker} has a {role} session");
}
