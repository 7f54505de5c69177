using Npgsql;

namespace PgLocks.Postgres;

/// <summary>
/// Tells a pooler in transaction mode from one in session mode: while another connection is in a transaction, a session keeps its backend, and a mere
/// transaction gets whichever is free.
/// </summary>
internal static class PoolerProbe
{
    /// <summary>A pooler may choose backends as it likes, and one that is used by others has many to choose from.</summary>
    private const int Looks = 3;

    /// <param name="one">Open, and in no transaction.</param>
    /// <param name="two">Another one by the same way, and in none either.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="PgLocksConfigurationException">Both connections were given one backend, or one of them two.</exception>
    internal static async Task CheckAsync(NpgsqlConnection one, NpgsqlConnection two, CancellationToken cancellationToken)
    {
        int backend = await BackendOfAsync(one, cancellationToken).ConfigureAwait(false);
        for (int look = 0; look < Looks; look++)
        {
            NpgsqlTransaction transaction = await two.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                int other = await BackendOfAsync(two, cancellationToken).ConfigureAwait(false);
                int again = await BackendOfAsync(one, cancellationToken).ConfigureAwait(false);
                if (other == backend || again != backend)
                    throw Refusal(one, other == backend ? other : again);
            }
        }
    }

    private static PgLocksConfigurationException Refusal(NpgsqlConnection connection, int backend) => new(
        $"The pooler at {connection.Host}:{connection.Port} is in transaction mode: it gives one backend ({backend}) to several connections, so that two holders would both get a lock. AllowSessionPooler is for session mode: connect directly, or set pool_mode = session.");

    private static async Task<int> BackendOfAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Sql.Heartbeat, connection);
        await using (command.ConfigureAwait(false))
            return (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }
}
