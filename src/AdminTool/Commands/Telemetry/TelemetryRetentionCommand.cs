using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Telemetry;

/// <summary>pglocks telemetry retention</summary>
internal sealed class TelemetryRetentionCommand : DatabaseVerb
{
    private const int MostDays = 3650;

    private readonly Option<int?> _rollup = Days("--rollup-after", "Days after which lock_stats keeps one row an hour, key and process. Default: as it is.");
    private readonly Option<int?> _drop = Days("--drop-after", "Days after which figures and events are dropped; not less than --rollup-after. Default: as it is.");

    public TelemetryRetentionCommand(CommonOptions common)
        : base(common, "retention", "Sets how long telemetry is kept, for all processes of the database. The next upkeep goes by it.",
            "pglocks telemetry retention --rollup-after 7 --drop-after 90")
    {
        Add(_rollup);
        Add(_drop);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var (rollup, drop) = (call.Get(_rollup), call.Get(_drop));
        var state = await database.WriteAsync(
            async connection =>
            {
                var now = await TelemetryQueries.StateAsync(connection, cancellationToken);
                if ((rollup ?? now.RollupAfterDays) > (drop ?? now.DropAfterDays))
                {
                    throw new ToolException(ExitCode.Refused, "bad_retention",
                        $"Days cannot be rolled up after {rollup ?? now.RollupAfterDays} days and dropped after {drop ?? now.DropAfterDays}.", "Give --drop-after a larger value than --rollup-after.");
                }
                await TelemetryQueries.SetRetentionAsync(connection, rollup, drop, cancellationToken);
                return await TelemetryQueries.StateAsync(connection, cancellationToken);
            },
            cancellationToken);
        return call.Answer(new Report { Facts = TelemetryStatusCommand.Facts(state) });
    }

    private static Option<int?> Days(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "DAYS" };
        option.Validators.Add(result =>
        {
            if (result.Given() is < 1 or > MostDays)
                result.AddError($"{name} is 1 to {MostDays} days.");
        });
        return option;
    }
}
