namespace PgLocks.Migrations;

/// <summary>Brings the schema <c>pglocks</c> of one database up, down, and tells where it stands.</summary>
/// <param name="connectionString">The database, as a role that may create a schema in it.</param>
/// <param name="time">The clock of waits and polls; default: the system's.</param>
/// <param name="lockTimeout">How long to wait for another runner to end; default: one minute.</param>
/// <param name="log">Receives one line a step; default: silent.</param>
public sealed class SchemaMigrator(
    string connectionString, TimeProvider? time = null, TimeSpan? lockTimeout = null, Action<string>? log = null)
{
    /// <summary>The newest version that this assembly knows.</summary>
    public static long LatestVersion => 0;

    /// <summary>Applies what is missing, up to <paramref name="version"/> (null: the latest).</summary>
    /// <returns>The versions that this call applied, oldest first; empty when another runner had done it all.</returns>
    /// <exception cref="MigrationException">Nothing but whole steps has been applied.</exception>
    public Task<IReadOnlyList<long>> MigrateUpAsync(long? version = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{connectionString}{time}{lockTimeout}{log}");

    /// <summary>Takes back every step above <paramref name="version"/>; 0 leaves nothing, not even the schema.</summary>
    /// <returns>The versions that this call took back, newest first.</returns>
    /// <exception cref="MigrationException">Nothing but whole steps has been taken back.</exception>
    public Task<IReadOnlyList<long>> MigrateDownAsync(long version, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Lists every known and every applied version. Takes no lock and changes nothing.</summary>
    public Task<SchemaStatus> GetStatusAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Compares the database with what this assembly would have created.</summary>
    /// <returns>One sentence a problem, with its remedy; empty when all is well.</returns>
    public Task<IReadOnlyList<string>> ValidateAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Complete SQL from an empty database to the latest version, for <c>psql -v ON_ERROR_STOP=1 -f</c>. Needs no server.</summary>
    public static string Script() => throw new NotSupportedException();
}
