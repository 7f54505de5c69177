using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>Where the schema stands.</summary>
internal static class SchemaQueries
{
    /// <summary>The newest applied version; null: no schema.</summary>
    public static async Task<long?> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.OneAsync<bool>("SELECT to_regclass('pglocks.schema_versions') IS NOT NULL", null, cancellationToken)
            ? await connection.OneAsync<long?>("SELECT max(version) FROM pglocks.schema_versions", null, cancellationToken)
            : null;
}
