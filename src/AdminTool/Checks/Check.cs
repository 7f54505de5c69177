using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;

namespace PgLocks.AdminTool.Checks;

/// <summary>One question that has an answer.</summary>
/// <param name="Name">For programs: stable, snake_case.</param>
/// <param name="NeedsSchema">Whether it reads the schema, which may be missing.</param>
/// <param name="RunAsync">Finds the answer, in a transaction that can only read.</param>
internal sealed record Check(string Name, bool NeedsSchema, Func<CheckContext, CancellationToken, Task<Finding>> RunAsync);

/// <summary>What a check works with.</summary>
internal sealed record CheckContext(NpgsqlConnection Connection, Database Database, Invocation Call);
