using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Rendering;
using PgLocks.Migrations;

namespace PgLocks.AdminTool.Commands.Migrate;

/// <summary>pglocks migrate status</summary>
internal sealed class MigrateStatusCommand(CommonOptions common) : Verb(
    common, "status", "Lists every step: applied or pending. Changes nothing.", "pglocks migrate status", "pglocks migrate status --output json")
{
    private static readonly Column<MigrationStatus>[] Columns =
    [
        new("version", "version", CellKind.Id, step => step.Version),
        new("description", "description", CellKind.Text, step => step.Description),
        new("state", "state", CellKind.Text, step => step switch { { IsKnown: false } => "unknown", { AppliedAt: null } => "pending", _ => "applied" }),
        new("applied_at", "applied at", CellKind.Time, step => step.AppliedAt?.UtcDateTime),
    ];

    protected override async Task<int> RunAsync(Invocation call, CancellationToken cancellationToken)
    {
        var status = await MigrateCommands.LookAsync(call, (migrator, token) => migrator.GetStatusAsync(token), cancellationToken);
        return call.Answer(new Report
        {
            Facts =
            [
                new("current", "schema at version", CellKind.Id, status.Current),
                new("latest", "latest version", CellKind.Id, status.Latest),
                new("is_current", "up to date", CellKind.Flag, status.IsCurrent),
            ],
            Listings = [Listing.Of("migrations", status.Migrations, Columns, "There are no migrations.")],
            Message = Advice(status),
        });
    }

    private static string Advice(SchemaStatus status) => status switch
    {
        { IsCurrent: true } => "The schema is up to date.",
        _ when status.Migrations.Any(step => !step.IsKnown) => "A newer PgLocks was here: use its tool.",
        { Current: 0 } => "The schema is missing: run 'pglocks migrate up'.",
        _ => "Steps are pending: run 'pglocks migrate up'.",
    };
}
