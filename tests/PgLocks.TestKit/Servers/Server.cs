using Npgsql;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>What a test asks of, or does to, whichever server is at a connection string.</summary>
public static class Server
{
    /// <summary>Whether somebody answers queries there.</summary>
    public static async Task<bool> AnswersAsync(string connectionString)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>A backend is killed, so that the server loses what it had in memory without a new start; returns when it has recovered.</summary>
    /// <remarks>It answers for a moment longer, until it has noticed: the end of a bystander's session shows that.</remarks>
    public static async Task CrashAsync(string connectionString)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var victim = new NpgsqlConnection(unpooled);
        await using var bystander = new NpgsqlConnection(unpooled);
        await victim.OpenAsync();
        await bystander.OpenAsync();
        if (!UnixSignal.Send(victim.ProcessID, UnixSignal.Kill))
            throw new InvalidOperationException($"backend {victim.ProcessID} could not be killed");
        await Eventually.ThatAsync(() => HasEndedAsync(bystander), because: "a crash ends every session");
        await Eventually.ThatAsync(() => AnswersAsync(unpooled), because: "the server recovers");
    }

    private static async Task<bool> HasEndedAsync(NpgsqlConnection connection)
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync();
            return false;
        }
        catch (Exception ended) when (ended is NpgsqlException or InvalidOperationException)
        {
            return true;
        }
    }
}
