using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Queries;
using PgLocks.Migrations;

namespace PgLocks.AdminTool.Connecting;

/// <summary>Lets a verb through that needs the schema, in this tool's version, and a space in it.</summary>
internal static class SchemaGate
{
    public static async Task<Space> PassAsync(Database database, Invocation call, CancellationToken cancellationToken)
    {
        var version = await database.ReadAsync(connection => SchemaQueries.VersionAsync(connection, cancellationToken), cancellationToken);
        if (Problem(version, call) is { } problem)
            throw problem;
        return await database.ReadAsync(connection => SpaceQueries.FindAsync(connection, call.Space, cancellationToken), cancellationToken)
            ?? throw await UnknownSpaceAsync(database, call.Space, cancellationToken);
    }

    private static ToolException? Problem(long? version, Invocation call) => version switch
    {
        null => new(ExitCode.SchemaMismatch, "schema_missing", $"There is no schema 'pglocks' in {call.Target}.", "Run 'pglocks migrate up'."),
        _ when version < SchemaMigrator.LatestVersion => new(
            ExitCode.SchemaMismatch, "schema_older", $"The schema is at version {version}; this tool works with {SchemaMigrator.LatestVersion}.",
            "Run 'pglocks migrate up'."),
        _ when version > SchemaMigrator.LatestVersion => new(
            ExitCode.SchemaMismatch, "schema_newer", $"The schema is at version {version}; this tool works with {SchemaMigrator.LatestVersion}.",
            "Use the tool of the newer PgLocks."),
        _ => null,
    };

    private static async Task<ToolException> UnknownSpaceAsync(Database database, string name, CancellationToken cancellationToken)
    {
        var names = await database.ReadAsync(connection => SpaceQueries.NamesAsync(connection, cancellationToken), cancellationToken);
        return new ToolException(
            ExitCode.NotFound, "space_not_found", $"There is no lock space '{name}'.", $"Choose one of: {string.Join(", ", names)}.");
    }
}
