using Npgsql;

namespace PgLocks.Migrations;

/// <summary>Reads schema_versions beside what this assembly knows.</summary>
internal static class SchemaStatusReader
{
    public static async Task<SchemaStatus> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await AppliedAsync(connection, cancellationToken).ConfigureAwait(false);
        var known = MigrationCatalog.All.Select(migration => new MigrationStatus(
            migration.Version, migration.Description, applied.GetValueOrDefault(migration.Version)?.AppliedAt, IsKnown: true));
        var unknown = applied.Values.Where(migration => !MigrationCatalog.Knows(migration.Version));
        return new SchemaStatus(
            [.. known.Concat(unknown).OrderBy(migration => migration.Version)],
            applied.Keys.DefaultIfEmpty(0).Max(),
            MigrationCatalog.Latest);
    }

    private static async Task<Dictionary<long, MigrationStatus>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync("SELECT to_regclass('pglocks.schema_versions')::text", null, cancellationToken).ConfigureAwait(false) is null)
            return [];
        var rows = await connection.RowsAsync(
            "SELECT version, description, applied_at FROM pglocks.schema_versions", null, cancellationToken).ConfigureAwait(false);
        return rows
            .Select(row => new MigrationStatus((long)row[0], (string)row[1], (DateTime)row[2], IsKnown: false))
            .ToDictionary(migration => migration.Version);
    }
}
