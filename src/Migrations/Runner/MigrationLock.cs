using System.Globalization;
using Npgsql;

namespace PgLocks.Migrations;

/// <summary>
/// Lets one runner at a time into a database. Held around the whole runner, on a session of its own, because FluentMigrator computes its list
/// before any lock that a maintenance step could take (FluentMigrator#2220). Polls the try form: a session that waits for an advisory lock
/// holds a snapshot, behind which CREATE INDEX CONCURRENTLY of the runner that has the lock would wait for ever.
/// </summary>
internal sealed class MigrationLock : IAsyncDisposable
{
    /// <summary>"PGLMIGR" and a zero, as one int8: the locks of slots are pairs of int4, which live in another space.</summary>
    public const long Key = 0x50474C4D49475200;

    /// <summary>The condition on pg_locks that finds it.</summary>
    public const string InPgLocks =
        "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = 1346849869 AND l.objid = 1229410816"
        + " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlConnection _connection;

    private MigrationLock(NpgsqlConnection connection) => _connection = connection;

    /// <summary>The backend that holds the lock.</summary>
    public int BackendPid => _connection.ProcessID;

    public static async Task<MigrationLock> AcquireAsync(
        NpgsqlConnectionStringBuilder target, TimeProvider time, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(MigrationSession.ConnectionString(target, "lock"));
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await CheckServerAsync(connection, cancellationToken).ConfigureAwait(false);
            var start = time.GetTimestamp();
            while (!await TryAsync(connection, cancellationToken).ConfigureAwait(false))
            {
                if (time.GetElapsedTime(start) >= timeout)
                    throw await NotObtainedAsync(connection, timeout, cancellationToken).ConfigureAwait(false);
                await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false);
            }

            return new MigrationLock(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Cancels what the runner's session does now, if anything. A lock session that is gone cannot, and then the step's last check fails it.</summary>
    public async Task CancelRunnerAsync(string applicationName)
    {
        try
        {
            await _connection.ScalarAsync(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = $1", applicationName).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // Closing frees it as well, but only once the server has noticed.
            await _connection.ScalarAsync("SELECT pg_advisory_unlock($1)", Key).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task CheckServerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync("SELECT pg_backend_pid()", null, cancellationToken).ConfigureAwait(false) is not int pid
            || pid != connection.ProcessID)
            throw new MigrationException(
                MigrationFailure.UnsuitableServer,
                "A connection pooler stands between here and the server, and would lend the migration lock to others. Connect to the server itself.");
        if (await connection.ScalarAsync("SELECT pg_is_in_recovery()", null, cancellationToken).ConfigureAwait(false) is true)
            throw new MigrationException(
                MigrationFailure.UnsuitableServer, "The server is a standby and cannot be written. Connect to the primary.");
    }

    private static async Task<bool> TryAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ScalarAsync("SELECT pg_try_advisory_lock($1)", Key, cancellationToken).ConfigureAwait(false) is true;

    private static async Task<MigrationException> NotObtainedAsync(
        NpgsqlConnection connection, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var holder = await connection.ScalarAsync(
            "SELECT format('pid %s (%s%s, connected since %s)', l.pid, coalesce(nullif(a.application_name, ''), 'unnamed'), "
            + "coalesce(' on ' || host(a.client_addr), ''), coalesce(a.backend_start::text, 'unknown')) "
            + $"FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE {InPgLocks}",
            null,
            cancellationToken).ConfigureAwait(false);
        return new MigrationException(
            MigrationFailure.LockNotObtained,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Another migration of this database did not end within {timeout.TotalSeconds:0.#} s: "
                + $"{holder ?? "a session that has just ended"} has the migration lock. "
                + $"Wait for it and try again, or end it with SELECT pg_terminate_backend(pid)."));
    }
}
