using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Rendering;
using PgLocks.Migrations;

namespace PgLocks.AdminTool.Commands.Migrate;

/// <summary>pglocks migrate script</summary>
internal sealed class MigrateScriptCommand(CommonOptions common) : Verb(
    common, "script", "Prints complete SQL from an empty database to the latest version. Needs no server.",
    "pglocks migrate script > pglocks.sql && psql -v ON_ERROR_STOP=1 -f pglocks.sql")
{
    protected override Task<int> RunAsync(Invocation call, CancellationToken cancellationToken) =>
        Task.FromResult(call.Answer(new Report
        {
            Facts = [new("version", "version", CellKind.Id, SchemaMigrator.LatestVersion, Audience.Programs)],
            Plain = SchemaMigrator.Script(),
        }));
}
