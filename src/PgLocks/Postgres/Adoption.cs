using Npgsql;

namespace PgLocks.Postgres;

/// <summary>
/// Moves the numbers of a server beyond what it can have lost, as each lock session does that opens there; for who draws without one. A mere reset of the
/// server's statistics asks for it too, and then no lock session has to open for a long time.
/// </summary>
internal sealed class Adoption(NpgsqlDataSource pool, BackendContext context)
{
    private readonly Lock _sync = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins it, unless it is under way. Whether it was done, the server tells who asks it again.</summary>
    internal void Begin()
    {
        lock (_sync)
        {
            if (_running.IsCompleted)
                _running = RunAsync();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            NpgsqlCommand command = pool.CreateCommand(Sql.AdoptServer);
            await using (command.ConfigureAwait(false))
            {
                command.CommandTimeout = context.Connections.LeaseSeconds;
                command.Parameters.Add(new() { Value = context.Space.ClassId });
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or ObjectDisposedException)
        {
            // Whoever waits for it asks again, until its time is over.
            Messages.AdoptionFailed(context.Log, failure);
        }
    }
}
