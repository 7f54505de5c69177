using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Migrate;

/// <summary>pglocks migrate validate</summary>
internal sealed class MigrateValidateCommand(CommonOptions common) : Verb(
    common, "validate", "Compares the database with what the steps would have created. Ends with 4 when they differ.", "pglocks migrate validate")
{
    protected override async Task<int> RunAsync(Invocation call, CancellationToken cancellationToken)
    {
        var problems = await MigrateCommands.LookAsync(call, (migrator, token) => migrator.ValidateAsync(token), cancellationToken);
        var report = new Report
        {
            Facts = [new("is_valid", "valid", CellKind.Flag, problems.Count == 0, Audience.Programs)],
            Listings =
            [
                Listing.Of("problems", problems, [new("problem", "problem", CellKind.Text, problem => problem)], "The schema is as it should be."),
            ],
        };
        return call.Answer(report, problems.Count == 0 ? ExitCode.Done : ExitCode.SchemaMismatch);
    }
}
