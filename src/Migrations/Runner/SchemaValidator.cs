using Npgsql;

namespace PgLocks.Migrations;

/// <summary>Compares a database with what this assembly would have created there.</summary>
internal static class SchemaValidator
{
    public static async Task<IReadOnlyList<string>> ValidateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var status = await SchemaStatusReader.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        if (status.Current == 0)
            return ["The schema pglocks is missing: run 'pglocks migrate up'."];
        if (!status.IsCurrent)
            return [.. status.Migrations.Select(Problem).OfType<string>()];

        var present = (await connection.RowsAsync(EmbeddedSql.Read("validate_objects.sql"), null, cancellationToken).ConfigureAwait(false))
            .Select(row => (string)row[0])
            .ToHashSet();
        var missing = Expected().Where(name => !present.Contains(name)).ToList();
        if (missing.Count > 0)
            return [.. missing.Select(name =>
                $"The {name} is missing, though its version is applied. Take its statement from 'pglocks migrate script' and run it by hand.")];

        var broken = await connection.RowsAsync(EmbeddedSql.Read("validate_rules.sql"), null, cancellationToken).ConfigureAwait(false);
        return [.. broken.Select(row => (string)row[0])];
    }

    /// <summary>Every table, view, function, trigger and index of the latest version, as <c>validate_objects.sql</c> names them.</summary>
    internal static IReadOnlyList<string> Expected() =>
        EmbeddedSql.Read("objects.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string? Problem(MigrationStatus migration) => migration switch
    {
        { IsKnown: false } => $"Version {migration.Version} was applied by a newer PgLocks: use that one, or take it back with its 'migrate down'.",
        { AppliedAt: null } => $"Version {migration.Version} ({migration.Description}) is not applied: run 'pglocks migrate up'.",
        _ => null,
    };
}
