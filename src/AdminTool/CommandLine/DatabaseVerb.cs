using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>A verb that works on a lock space of a migrated database.</summary>
internal abstract class DatabaseVerb(CommonOptions common, string name, string description, params string[] examples)
    : Verb(common, name, description, examples)
{
    protected sealed override async Task<int> RunAsync(Invocation call, CancellationToken cancellationToken)
    {
        await using var database = await Database.OpenAsync(call, cancellationToken);
        var space = await SchemaGate.PassAsync(database, call, cancellationToken);
        return await RunAsync(call, database, space, cancellationToken);
    }

    /// <inheritdoc cref="Verb.RunAsync"/>
    protected abstract Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken);
}
