using System.Data;
using System.Runtime.CompilerServices;
using Dapper;

namespace PgLocks.AdminTool.Queries;

/// <summary>How rows become objects.</summary>
internal static class DapperSetup
{
#pragma warning disable CA2255 // A tool, not a library: this is its one start.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void MatchSnakeCase() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>All rows, as objects with the columns' names.</summary>
    public static async Task<IReadOnlyList<T>> ListAsync<T>(
        this IDbConnection connection, string sql, object? arguments, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, arguments, cancellationToken: cancellationToken))).AsList();

    /// <summary>The only row, or the type's default.</summary>
    public static async Task<T?> OneAsync<T>(this IDbConnection connection, string sql, object? arguments, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<T>(new CommandDefinition(sql, arguments, cancellationToken: cancellationToken));
}
