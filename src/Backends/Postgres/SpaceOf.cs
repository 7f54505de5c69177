using Npgsql;
using PgLocks.Postgres;

namespace PgLocks.Backends.Postgres;

/// <summary>Finds a space and checks its server, as a native instance does.</summary>
internal static class SpaceOf
{
    internal static string Describe(string what, string connectionString, string space)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        return $"{what} of space {space}, {target.Host}:{target.Port}/{target.Database}";
    }

    internal static async ValueTask<Space> FindAsync(string connectionString, string space, CancellationToken cancellationToken)
    {
        var core = new PgLocksOptions { ConnectionString = connectionString, Space = space };
        return await SpaceFinder.FindAsync(new Connections(core), core, cancellationToken).ConfigureAwait(false);
    }
}
