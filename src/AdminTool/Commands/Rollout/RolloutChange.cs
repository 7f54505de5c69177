using System.CommandLine;
using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Rollout;

/// <summary>A verb that moves a rollout one step, and then watches until every live process has acknowledged it.</summary>
internal abstract class RolloutChange : DatabaseVerb
{
    private readonly Option<TimeSpan?> _wait = DurationOption.Create("--wait", "How long to watch for every process to acknowledge the change. Default: 10s.");

    protected RolloutChange(CommonOptions common, string name, string description, params string[] examples)
        : base(common, name, description, examples) => Add(_wait);

    /// <summary>Whether the step goes back: what undoes a change need not wait until that is acknowledged, where the server finds it safe.</summary>
    protected virtual bool GoesBack => false;

    /// <summary>The state to go to.</summary>
    /// <exception cref="ToolException">There is nothing to do.</exception>
    protected abstract (int NewPercent, int BothPercent) Next(Invocation call, RolloutStatus status);

    protected sealed override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            async connection =>
            {
                var status = await RolloutQueries.StatusAsync(connection, space, cancellationToken);
                var (newPercent, bothPercent) = Next(call, status);
                var behind = (await RolloutQueries.ProcessesAsync(connection, space, cancellationToken)).Where(process => process.IsBehind).ToList();
                if (behind.Count > 0 && !GoesBack)
                    throw Lagging(status, behind);
                try
                {
                    await RolloutQueries.ChangeAsync(connection, space, status.Generation, newPercent, bothPercent, cancellationToken);
                }
                catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.ObjectNotInPrerequisiteState && behind.Count > 0)
                {
                    throw Lagging(status, behind);
                }
                return true;
            },
            cancellationToken);
        var (now, processes) = await WatchAsync(call, database, space, cancellationToken);
        var left = processes.Where(process => process.IsBehind).ToList();
        return call.Answer(RolloutReport.Of(space, now, processes) with
        {
            Message = left.Count == 0 ? Done(now) : $"Not acknowledged yet: {Names(left, now)}. Safe as it is; the next step waits for it.",
        });
    }

    /// <summary>What to do next.</summary>
    protected abstract string Done(RolloutStatus status);

    private async Task<(RolloutStatus Status, IReadOnlyList<RolloutProcess> Processes)> WatchAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var started = call.Time.GetTimestamp();
        while (true)
        {
            var status = await database.ReadAsync(connection => RolloutQueries.StatusAsync(connection, space, cancellationToken), cancellationToken);
            var processes = await database.ReadAsync(connection => RolloutQueries.ProcessesAsync(connection, space, cancellationToken), cancellationToken);
            if (!processes.Any(process => process.IsBehind) || call.Time.GetElapsedTime(started) > (call.Get(_wait) ?? TimeSpan.FromSeconds(10)))
                return (status, processes);
            await Task.Delay(TimeSpan.FromMilliseconds(100), call.Time, cancellationToken);
        }
    }

    private static ToolException Lagging(RolloutStatus status, IReadOnlyList<RolloutProcess> behind) => new(
        ExitCode.Refused, "process_behind", $"Refused: {Names(behind, status)}.",
        "Wait for its leases to end, or end it; a dead or frozen one stops counting when its session has ended and its lease is over. 'pglocks rollout status' shows how far each is.");

    private static string Names(IReadOnlyList<RolloutProcess> behind, RolloutStatus status) =>
        string.Join("; ", behind.Select(process => RolloutReport.Lag(process, status.Generation)));
}
