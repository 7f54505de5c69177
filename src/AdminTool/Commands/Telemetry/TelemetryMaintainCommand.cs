using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Telemetry;

/// <summary>pglocks telemetry maintain</summary>
internal sealed class TelemetryMaintainCommand(CommonOptions common) : DatabaseVerb(
    common,
    "maintain",
    "Does now what every process does once a minute: makes partitions ahead, adds to the totals, rolls up, drops. Can be interrupted and run again at any time; one session does it at a time.",
    "pglocks telemetry maintain")
{
    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var (steps, startedAt) = (0, call.Time.GetTimestamp());
        while (await database.WriteAsync(connection => TelemetryQueries.MaintainAsync(connection, call.Time.GetElapsedTime(startedAt), cancellationToken), cancellationToken) is { } step)
        {
            steps++;
            call.Progress(step);
        }
        var state = await database.ReadAsync(connection => TelemetryQueries.StateAsync(connection, cancellationToken), cancellationToken);
        return call.Answer(new Report { Facts = [new("steps", "steps", CellKind.Number, steps), .. TelemetryStatusCommand.Facts(state)] });
    }
}
