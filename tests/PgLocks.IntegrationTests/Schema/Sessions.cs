using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>One-line statements on a session that the test keeps, and looks at what a session does.</summary>
internal static class Sessions
{
    public static async Task ExecuteAsync(this NpgsqlConnection session, string sql, params object[] arguments)
    {
        await using var command = Command(session, sql, arguments);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<T> ScalarAsync<T>(this NpgsqlConnection session, string sql, params object[] arguments)
    {
        await using var command = Command(session, sql, arguments);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Waits until a session of this backend waits for what the server calls this: a lock, a sleep.</summary>
    public static Task WaitsForAsync(this TestDatabase database, int backendPid, string waitEvent) => Eventually.EqualAsync(
        waitEvent,
        async () => await database.ScalarAsync<string>("SELECT wait_event FROM pg_stat_activity WHERE pid = $1", backendPid) ?? "",
        because: $"backend {backendPid} waits");

    private static NpgsqlCommand Command(NpgsqlConnection session, string sql, object[] arguments)
    {
        var command = new NpgsqlCommand(sql, session);
        foreach (var argument in arguments)
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        return command;
    }
}
