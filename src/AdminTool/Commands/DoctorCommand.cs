using PgLocks.AdminTool.Checks;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands;

/// <summary>pglocks doctor</summary>
internal sealed class DoctorCommand(CommonOptions common) : Verb(
    common,
    "doctor",
    "Asks every question that has an answer: server, pooler, schema, rights, limits, processes. Ends with 1 when a check fails; warnings do not count.",
    "pglocks doctor",
    "pglocks doctor --output json || alert")
{
    private static readonly Column<(string Name, Finding Finding)>[] Columns =
    [
        new("state", "state", CellKind.Text, check => check.Finding.Grade.ToString().ToLowerInvariant()),
        new("check", "check", CellKind.Text, check => check.Name),
        new("message", "finding", CellKind.Text, check => check.Finding.Message),
        new("remedy", "remedy", CellKind.Text, check => check.Finding.Remedy),
    ];

    protected override async Task<int> RunAsync(Invocation call, CancellationToken cancellationToken)
    {
        await using var database = await Database.OpenAsync(call, cancellationToken);
        var findings = await Checkup.RunAsync(call, database, cancellationToken);
        var failures = findings.Count(check => check.Finding.Grade == Grade.Fail);
        var warnings = findings.Count(check => check.Finding.Grade == Grade.Warn);
        var report = new Report
        {
            Facts =
            [
                new("is_healthy", "healthy", CellKind.Flag, failures == 0, Audience.Programs),
                new("failures", "failures", CellKind.Number, failures, Audience.Programs),
                new("warnings", "warnings", CellKind.Number, warnings, Audience.Programs),
            ],
            Listings = [Listing.Of("checks", findings, Columns, "")],
            Message = $"{findings.Count} checks: {failures} failed, {warnings} {(warnings == 1 ? "warning" : "warnings")}.",
        };
        return call.Answer(report, failures == 0 ? ExitCode.Done : ExitCode.Found);
    }
}
