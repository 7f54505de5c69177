using PgLocks.AdminTool.Queries;
using PgLocks.Migrations;

namespace PgLocks.AdminTool.Checks;

/// <summary>Whether the schema is there, whole, and open to this role.</summary>
internal static class SchemaChecks
{
    public static async Task<Finding> SchemaAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var version = await SchemaQueries.VersionAsync(context.Connection, cancellationToken);
        if (version is null)
            return Finding.Fail("There is no schema 'pglocks'.", "Run 'pglocks migrate up'.");
        if (version != SchemaMigrator.LatestVersion)
        {
            return Finding.Fail(
                $"The schema is at version {version}; this tool works with {SchemaMigrator.LatestVersion}.",
                version < SchemaMigrator.LatestVersion ? "Run 'pglocks migrate up'." : "Use the tool of the newer PgLocks.");
        }
        var problems = await new SchemaMigrator(context.Call.Target.ConnectionString, context.Call.Time).ValidateAsync(cancellationToken);
        return problems.Count == 0
            ? Finding.Ok($"The schema is at version {version}, and whole.")
            : Finding.Fail($"The schema is at version {version}, but: {string.Join(' ', problems)}", "'pglocks migrate validate' lists what differs.");
    }

    public static async Task<Finding> GrantsAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var role = await RoleQueries.CurrentAsync(context.Connection, cancellationToken);
        var may = new List<string>();
        if (role.MayRead)
            may.Add("look");
        if (role.MayRun)
            may.Add("run a processor");
        if (role.MayAdminister)
            may.Add("administer");
        var missing = role.MissingRoles.Length > 0 ? $" Roles that do not exist: {role.MissingRoles}." : "";
        return may.Count == 0
            ? Finding.Fail($"'{role.Name}' may do nothing in the schema.{missing}", $"GRANT pglocks_app TO \"{role.Name}\"; (or pglocks_reader, to look only)")
            : role.MissingRoles.Length > 0
                ? Finding.Warn(
                    $"'{role.Name}' may {string.Join(", ", may)}.{missing}",
                    "As a superuser: CREATE ROLE … NOLOGIN for each, then as the schema's owner: SELECT pglocks.grant_roles();")
                : Finding.Ok($"'{role.Name}' may {string.Join(", ", may)}.");
    }

    public static async Task<Finding> TimelineAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var behind = await SpaceQueries.BehindTimelineAsync(context.Connection, cancellationToken);
        return behind.Count == 0
            ? Finding.Ok("Every space knows the server's timeline.")
            : Finding.Warn(
                $"The server was promoted since the last process started in: {string.Join(", ", behind)}. Plain SQL clients could meet rewound sequences.",
                "Start a process, or run SELECT pglocks.adopt_timeline(class_id) FROM pglocks.spaces.");
    }
}
