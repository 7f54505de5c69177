using Npgsql;
namespace PgLocks.Migrations;
internal static class SchemaValidator { public static Task<IReadOnlyList<string>> ValidateAsync(NpgsqlConnection c, CancellationToken t) => throw new NotSupportedException($"{c}{t}"); }
