using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.Migrations;

namespace PgLocks.AdminTool.Checks;

/// <summary>Asks every question, in order.</summary>
internal static class Checkup
{
    private static readonly Check[] All =
    [
        new("server_version", false, ServerChecks.VersionAsync),
        new("encoding", false, ServerChecks.EncodingAsync),
        new("primary", false, ServerChecks.PrimaryAsync),
        new("pooler", false, ServerChecks.PoolerAsync),
        new("clock", false, ServerChecks.ClockAsync),
        new("sessions_headroom", false, LimitChecks.SessionsAsync),
        new("timeouts", false, LimitChecks.TimeoutsAsync),
        new("schema", false, SchemaChecks.SchemaAsync),
        new("grants", true, SchemaChecks.GrantsAsync),
        new("timeline", true, SchemaChecks.TimelineAsync),
        new("lock_table", true, LimitChecks.LockTableAsync),
        new("instances", true, InstanceChecks.UncleanAsync),
        new("process_clocks", true, TelemetryChecks.ProcessClocksAsync),
        new("telemetry", true, InstanceChecks.TelemetryAsync),
        new("partitions", true, TelemetryChecks.PartitionsAsync),
        new("retention", true, TelemetryChecks.RetentionAsync),
    ];

    public static async Task<IReadOnlyList<(string Name, Finding Finding)>> RunAsync(Invocation call, Database database, CancellationToken cancellationToken)
    {
        List<(string, Finding)> findings = [("connection", Finding.Ok($"Connected to {call.Target}."))];
        foreach (var check in All)
        {
            if (!check.NeedsSchema || await HasSchemaAsync(database, cancellationToken))
                findings.Add((check.Name, await AskAsync(check, call, database, cancellationToken)));
        }
        return findings;
    }

    private static async Task<Finding> AskAsync(Check check, Invocation call, Database database, CancellationToken cancellationToken)
    {
        try
        {
            return await database.ReadAsync(
                connection => check.RunAsync(new CheckContext(connection, database, call), cancellationToken), cancellationToken);
        }
        catch (PostgresException error)
        {
            var failure = ServerErrors.Translate(error, call)!;
            return Finding.Fail(failure.Message, failure.Next);
        }
    }

    private static async Task<bool> HasSchemaAsync(Database database, CancellationToken cancellationToken)
    {
        try
        {
            return await database.ReadAsync(connection => SchemaQueries.VersionAsync(connection, cancellationToken), cancellationToken) == SchemaMigrator.LatestVersion;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }
}
