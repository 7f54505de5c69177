using System.Security.Cryptography;
using Npgsql;
using PgLocks.Migrations;

namespace PgLocks.Postgres;

/// <summary>The first look at the server, on a connection that carries no locks yet: a bad answer ends the start with its remedy.</summary>
internal static class SpaceFinder
{
    internal static async Task<Space> FindAsync(Connections connections, PgLocksOptions options, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = New(connections);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                ServerInfo server = connections.Meet(connection);
                if (server.IsPooled(connection))
                    await CheckPoolerAsync(connection, connections, cancellationToken).ConfigureAwait(false);
                return SpaceReader.Read(connection, options.Space, server, SchemaMigrator.LatestVersion);
            }
            catch (NpgsqlException failure)
            {
                throw SqlStates.ToStartFailure(failure, connections.Target);
            }
            catch (Exception refused) when (IsRefusal(refused))
            {
                throw Refused(refused);
            }
        }
    }

    private static async Task CheckPoolerAsync(NpgsqlConnection connection, Connections connections, CancellationToken cancellationToken)
    {
        NpgsqlConnection other = New(connections);
        await using (other.ConfigureAwait(false))
        {
            await other.OpenAsync(cancellationToken).ConfigureAwait(false);
            connections.Meet(other);
            await PoolerProbe.CheckAsync(connection, other, cancellationToken).ConfigureAwait(false);
        }
    }

    private static NpgsqlConnection New(Connections connections)
    {
        try
        {
            return connections.NewLockConnection("start");
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            throw Refused(refused);
        }
    }

    /// <summary>The driver looks at settings that do not go together, and at files that they name, only when it connects.</summary>
    private static bool IsRefusal(Exception refused) => refused is ArgumentException or NotSupportedException or InvalidOperationException or IOException or CryptographicException;

    private static PgLocksConfigurationException Refused(Exception refused) =>
        new($"ConnectionString has settings that Npgsql refuses: {refused.Message.TrimEnd('.')}. Correct them.", refused);
}
