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
}
