using PgLocks.AdminTool.CommandLine;
using PgLocks.Migrations;

namespace PgLocks.AdminTool.Commands.Migrate;

/// <summary>pglocks migrate …</summary>
internal sealed class MigrateCommands(CommonOptions common) : VerbGroup(
    "migrate",
    "Creates, changes and checks the schema 'pglocks'.",
    new MigrateUpCommand(common),
    new MigrateDownCommand(common),
    new MigrateStatusCommand(common),
    new MigrateScriptCommand(common),
    new MigrateValidateCommand(common))
{
    /// <summary>A step takes as long as it takes: --timeout is for the wait for another runner.</summary>
    public static SchemaMigrator Migrator(Invocation call) => new(call.Target.ConnectionString, call.Time, call.GivenTimeout, call.Progress);

    /// <summary>For what only looks: ended after --timeout, as the statements of other verbs are.</summary>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public static async Task<T> LookAsync<T>(Invocation call, Func<SchemaMigrator, CancellationToken, Task<T>> look, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(call.Timeout, call.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await look(Migrator(call), either.Token);
        }
        catch (Exception exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The server did not answer in time.", exception);
        }
    }
}
