using PgLocks.Postgres;

namespace PgLocks.Backends.Postgres;

/// <summary>Checks options and server as a native instance does.</summary>
internal static class SpaceOf
{
    internal static async ValueTask<Space> FindAsync(PostgresBackendOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        PgLocksOptions core = options.ToCore();
        return await SpaceFinder.FindAsync(new Connections(core), core, cancellationToken).ConfigureAwait(false);
    }
}
