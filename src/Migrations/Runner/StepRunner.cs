using System.Data;
using FluentMigrator.Expressions;
using FluentMigrator.Infrastructure;
using FluentMigrator.Runner;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace PgLocks.Migrations;

/// <summary>
/// Drives FluentMigrator one step at a time. A step is one transaction: the migration, its row in schema_versions, and last a look whether the
/// migration lock is still held, so that nothing is committed beside another runner.
/// </summary>
internal sealed class StepRunner : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly IServiceScope _scope;
    private readonly MigrationRunner _runner;
    private readonly int _lockPid;
    private readonly Action<string>? _log;

    public StepRunner(string connectionString, int lockPid, Action<string>? log)
    {
        _lockPid = lockPid;
        _log = log;
        _services = RunnerServices.ForServer(connectionString);
        _scope = _services.CreateScope();
        _runner = (MigrationRunner)_scope.ServiceProvider.GetRequiredService<IMigrationRunner>();
    }

    /// <summary>Applies every known version up to <paramref name="target"/> that is missing.</summary>
    public IReadOnlyList<long> Up(long target, CancellationToken cancellationToken)
    {
        List<long> done = [];
        PrepareSession();
        var applied = Applied();
        foreach (var migration in Migrations().Where(migration => migration.Version <= target && !applied.Contains(migration.Version)))
        {
            Step(
                () =>
                {
                    if (!VersionTableExists())
                        _runner.Processor.Execute(EmbeddedSql.Read("schema_versions.sql"));
                    _runner.ApplyMigrationUp(migration, useTransaction: false);
                },
                cancellationToken);
            done.Add(migration.Version);
            _log?.Invoke($"{migration.Version} applied: {migration.Description}");
        }

        return done;
    }

    /// <summary>Takes back every version above <paramref name="target"/>; at 0 the version table and the schema go with the last one.</summary>
    public IReadOnlyList<long> Down(long target, CancellationToken cancellationToken)
    {
        List<long> done = [];
        PrepareSession();
        var applied = Applied();
        CheckNobodyIsLive();
        foreach (var migration in Migrations().Reverse().Where(migration => migration.Version > target && applied.Contains(migration.Version)))
        {
            Step(() => _runner.ApplyMigrationDown(migration, useTransaction: false), cancellationToken);
            done.Add(migration.Version);
            _log?.Invoke($"{migration.Version} taken back: {migration.Description}");
        }

        if (target == 0 && VersionTableExists())
            Step(() => _runner.Processor.Execute("DROP TABLE pglocks.schema_versions; DROP SCHEMA pglocks;"), cancellationToken);
        return done;
    }

    public void Dispose()
    {
        _scope.Dispose();
        _services.Dispose();
    }

    private IEnumerable<IMigrationInfo> Migrations() => _runner.MigrationLoader.LoadMigrations().Values;

    // Not MigrateUp, which tests the connection first and thereby ends the transaction that is open on it.
    private void Step(Action work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var step = _runner.BeginScope();
        try
        {
            work();
            if (!_runner.Processor.Exists($"SELECT 1 FROM pg_catalog.pg_locks l WHERE l.pid = {_lockPid} AND {MigrationLock.InPgLocks}"))
                throw new MigrationException(
                    MigrationFailure.LockLost,
                    "The session of the migration lock ended on the way, so the step under way was rolled back. Run the migration again.");
            cancellationToken.ThrowIfCancellationRequested();
            step.Complete();
        }
        catch
        {
            Cancel(step);
            throw;
        }
    }

    // A rollback on a broken connection fails too, and must not hide why it broke.
    private static void Cancel(IMigrationScope step)
    {
        try
        {
            if (step.IsActive)
                step.Cancel();
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
        }
    }

    private void PrepareSession() => _runner.Processor.Process(new PerformDBOperationExpression
    {
        Operation = (connection, _) =>
        {
            ((NpgsqlConnection)connection).Notice += (_, notice) => _log?.Invoke(notice.Notice.MessageText);
            using var command = connection.CreateCommand();
            command.CommandText = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET client_min_messages = notice";
            command.ExecuteNonQuery();
        },
    });

    // By what pg_locks shows of every live instance: (class_id, -1), shared. An instance that starts after this look fails at its next statement.
    private void CheckNobodyIsLive()
    {
        if (!_runner.Processor.TableExists("pglocks", "spaces"))
            return;
        var sessions = _runner.Processor.Read(
            "SELECT DISTINCT l.pid FROM pg_catalog.pg_locks l JOIN pglocks.spaces s ON s.class_id::oid = l.classid "
            + "WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.objid = 4294967295 AND l.granted "
            + "AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())").Tables[0].Rows;
        if (sessions.Count > 0)
            throw new MigrationException(
                MigrationFailure.InUse,
                $"{sessions.Count} instances of PgLocks are live in this database (backend pid {string.Join(", ", sessions.Cast<DataRow>().Select(row => row[0]))}). "
                + "Stop them first.");
    }

    private bool VersionTableExists() => _runner.Processor.TableExists("pglocks", "schema_versions");

    private HashSet<long> Applied()
    {
        if (!VersionTableExists())
            return [];
        var rows = _runner.Processor.Read("SELECT version FROM pglocks.schema_versions").Tables[0].Rows;
        var applied = rows.Cast<DataRow>().Select(row => (long)row[0]).ToHashSet();
        return applied.Where(version => !MigrationCatalog.Knows(version)).Order().ToList() is [var unknown, ..]
            ? throw new MigrationException(
                MigrationFailure.SchemaNewer,
                $"The database has version {unknown}, which this PgLocks does not know: its latest is {MigrationCatalog.Latest}. Use the newer PgLocks.")
            : applied;
    }
}
