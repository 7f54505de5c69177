using Npgsql;
using PgLocks.Migrations;

namespace PgLocks.Postgres;

/// <summary>The first look at the server, on a connection that carries no locks yet: a bad answer ends the start with its remedy.</summary>
internal static class SpaceFinder
{
    internal static async Task<Space> FindAsync(Connections connections, PgLocksOptions options, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = connections.NewLockConnection("start");
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                ServerInfo server = ServerInfo.Read(connection);
                server.Check(connection, options.AllowSessionPooler);
                return SpaceReader.Read(connection, options.Space, server, SchemaMigrator.LatestVersion);
            }
            catch (NpgsqlException failure)
            {
                throw SqlStates.ToStartFailure(failure, connections.Target);
            }
        }
    }
}
