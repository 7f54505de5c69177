using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>What the current role may do.</summary>
internal sealed record RoleRights
{
    public string Name { get; init; } = "";

    public bool MayRead { get; init; }

    public bool MayRun { get; init; }

    public bool MayAdminister { get; init; }

    /// <summary>Roles of PgLocks that the cluster does not have.</summary>
    public string MissingRoles { get; init; } = "";
}

/// <summary>Rights.</summary>
internal static class RoleQueries
{
    public static async Task<RoleRights> CurrentAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.OneAsync<RoleRights>(
            """
            SELECT current_user::text AS name,
                   has_table_privilege('pglocks.current_holders', 'SELECT') AND has_table_privilege('pglocks.spaces', 'SELECT') AS may_read,
                   has_table_privilege('pglocks.lock_stats', 'INSERT') AND has_table_privilege('pglocks.sessions', 'INSERT')
                       AND has_function_privilege('pglocks.fence(int4, int4, int8)', 'EXECUTE') AS may_run,
                   has_function_privilege('pglocks.terminate_holder(int4, timestamptz, int4, text)', 'EXECUTE') AS may_administer,
                   (SELECT coalesce(string_agg(role, ', '), '') FROM unnest(ARRAY['pglocks_app', 'pglocks_reader', 'pglocks_admin']) AS role
                    WHERE to_regrole(role) IS NULL) AS missing_roles
            """,
            null,
            cancellationToken) ?? new RoleRights();
}
