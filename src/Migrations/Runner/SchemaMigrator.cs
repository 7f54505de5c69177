using Npgsql;

namespace PgLocks.Migrations;

/// <summary>Brings the schema <c>pglocks</c> of one database up and down, and tells where it stands.</summary>
/// <remarks>Runners of one database exclude each other; a step is one transaction, so whole steps only are ever applied.</remarks>
public sealed class SchemaMigrator
{
    private static readonly TimeSpan CancelInterval = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lockTimeout;
    private readonly Action<string>? _log;

    /// <param name="connectionString">The database, as a role that may create a schema in it.</param>
    /// <param name="time">The clock of waits and polls; default: the system's.</param>
    /// <param name="lockTimeout">How long to wait for another runner to end; default: one minute.</param>
    /// <param name="log">Receives one line a step; default: silent.</param>
    /// <exception cref="MigrationException">The connection string cannot be read.</exception>
    public SchemaMigrator(string connectionString, TimeProvider? time = null, TimeSpan? lockTimeout = null, Action<string>? log = null)
    {
        _target = MigrationSession.Parse(connectionString);
        _time = time ?? TimeProvider.System;
        _lockTimeout = lockTimeout ?? TimeSpan.FromMinutes(1);
        _log = log;
    }

    /// <summary>The newest version that this assembly knows.</summary>
    public static long LatestVersion => MigrationCatalog.Latest;

    /// <summary>Complete SQL from an empty database to the latest version, for <c>psql -v ON_ERROR_STOP=1 -f</c>. Needs no server.</summary>
    public static string Script() => SchemaScript.Write();

    /// <summary>Applies what is missing, up to <paramref name="version"/> (null: the latest).</summary>
    /// <returns>The versions that this call applied, oldest first; empty when there was nothing to do.</returns>
    /// <exception cref="MigrationException">Whole steps only have been applied.</exception>
    public Task<IReadOnlyList<long>> MigrateUpAsync(long? version = null, CancellationToken cancellationToken = default)
    {
        var target = MigrationCatalog.CheckTarget(version ?? LatestVersion);
        return RunAsync(steps => steps.Up(target, cancellationToken), cancellationToken);
    }

    /// <summary>Takes back every step above <paramref name="version"/>; 0 leaves nothing, not even the schema.</summary>
    /// <returns>The versions that this call took back, newest first.</returns>
    /// <exception cref="MigrationException">Whole steps only have been taken back.</exception>
    public Task<IReadOnlyList<long>> MigrateDownAsync(long version, CancellationToken cancellationToken = default)
    {
        var target = MigrationCatalog.CheckTarget(version);
        return RunAsync(steps => steps.Down(target, cancellationToken), cancellationToken);
    }

    /// <summary>Lists every known and every applied version. Takes no lock and changes nothing.</summary>
    /// <exception cref="MigrationException">The database cannot be read.</exception>
    public Task<SchemaStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(SchemaStatusReader.ReadAsync, cancellationToken);

    /// <summary>Compares the database with what this assembly would have created.</summary>
    /// <returns>One sentence a problem, with its remedy; empty when all is well.</returns>
    /// <exception cref="MigrationException">The database cannot be read.</exception>
    public Task<IReadOnlyList<string>> ValidateAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(SchemaValidator.ValidateAsync, cancellationToken);

    private async Task<IReadOnlyList<long>> RunAsync(Func<StepRunner, IReadOnlyList<long>> run, CancellationToken cancellationToken)
    {
        try
        {
            var migrationLock = await MigrationLock.AcquireAsync(_target, _time, _lockTimeout, cancellationToken).ConfigureAwait(false);
            await using (migrationLock.ConfigureAwait(false))
            {
                var role = $"run:{Guid.NewGuid():N}";
                // FluentMigrator knows only synchronous calls: a thread of its own, and not one of the pool's.
                var work = Task.Factory.StartNew(
                    () =>
                    {
                        using var steps = new StepRunner(MigrationSession.ConnectionString(_target, role), migrationLock.BackendPid, _log);
                        return run(steps);
                    },
                    CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                await StopWhenCancelledAsync(work, migrationLock, MigrationSession.ApplicationName(role), cancellationToken).ConfigureAwait(false);
                return await work.ConfigureAwait(false);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception) when (exception is not MigrationException)
        {
            throw MigrationErrors.Translate(exception, _target);
        }
    }

    // Again and again: a cancel request that arrives between two statements is lost.
    private async Task StopWhenCancelledAsync(Task work, MigrationLock migrationLock, string runner, CancellationToken cancellationToken)
    {
        await work.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!work.IsCompleted)
        {
            await migrationLock.CancelRunnerAsync(runner).ConfigureAwait(false);
            await Task.WhenAny(work, Task.Delay(CancelInterval, _time, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private async Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            var connection = new NpgsqlConnection(MigrationSession.ConnectionString(_target, "read"));
            await using (connection.ConfigureAwait(false))
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                return await read(connection, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not (MigrationException or OperationCanceledException))
        {
            throw MigrationErrors.Translate(exception, _target);
        }
    }
}
