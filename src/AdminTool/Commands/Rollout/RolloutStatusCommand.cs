using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Rollout;

/// <summary>pglocks rollout status</summary>
internal sealed class RolloutStatusCommand(CommonOptions common) : DatabaseVerb(
    common,
    "status",
    "Shows how many keys are Old, Both and New, and how far each live process is.",
    "pglocks rollout status",
    "pglocks rollout status --output json")
{
    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var status = await database.ReadAsync(connection => RolloutQueries.StatusAsync(connection, space, cancellationToken), cancellationToken);
        var processes = await database.ReadAsync(connection => RolloutQueries.ProcessesAsync(connection, space, cancellationToken), cancellationToken);
        return call.Answer(RolloutReport.Of(space, status, processes));
    }
}
