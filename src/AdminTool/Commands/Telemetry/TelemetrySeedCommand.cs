using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;
using PgLocks.AdminTool.Seeding;

namespace PgLocks.AdminTool.Commands.Telemetry;

/// <summary>pglocks telemetry seed</summary>
internal sealed class TelemetrySeedCommand : DatabaseVerb
{
    private readonly Option<int> _days = Number("--days", "How many days, up to now.", 30, 1, 365);
    private readonly Option<int> _keys = Number("--keys", "How many keys; each has a row an interval.", 5000, 1, 1_000_000);
    private readonly Option<int> _instances = Number("--instances", "How many processes the figures are of.", 4, 1, 100);
    private readonly Option<int> _seed = Number("--seed", "The same seed, the same figures.", 1, 0, int.MaxValue);
    private readonly Option<TimeSpan?> _interval = DurationOption.Create("--interval", "Of one row, from 1s to 1d. Default: 1h.");
    private readonly Option<bool> _force = new("--force") { Description = "Also in a space that processes have used." };

    public TelemetrySeedCommand(CommonOptions common)
        : base(common, "seed", "Fills a space with made-up figures, to see how reports and upkeep do with many. They stay until they are dropped for their age.",
            "pglocks telemetry seed --days 30 --keys 5000 --space rehearsal")
    {
        _interval.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && Durations.TryParse(token.Value, out var length) && (length < TimeSpan.FromSeconds(1) || length > TimeSpan.FromDays(1)))
                result.AddError("--interval is 1s to 1d.");
        });
        foreach (var option in (Option[])[_days, _keys, _interval, _instances, _seed, _force])
            Add(option);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        if (!call.Get(_force) && await database.ReadAsync(connection => SeedQueries.IsUsedAsync(connection, space, cancellationToken), cancellationToken))
        {
            throw new ToolException(ExitCode.Refused, "space_in_use", $"Processes have used space '{space.Name}': made-up figures would mix with theirs.",
                "SELECT pglocks.create_space('rehearsal') makes another; --space names it. Or give --force.");
        }
        var plan = new SeedPlan(call.Get(_days), call.Get(_keys), call.Get(_interval) ?? TimeSpan.FromHours(1), call.Get(_instances), call.Get(_seed), call.Time.GetUtcNow().UtcDateTime);
        await SeedProgress.RunAsync(call, "Writing rows", plan.Slices, progress => WriteAsync(database, space, plan, progress, cancellationToken));
        var steps = await SeedProgress.RunAsync(call, "Adding up, rolling up", plan.Days + 48, progress => MaintainAsync(database, progress, cancellationToken));
        return call.Answer(new Report
        {
            Facts =
            [
                new("rows", "rows", CellKind.Number, (long)plan.Slices * plan.Keys),
                new("from", "from", CellKind.Time, plan.Start),
                new("to", "to", CellKind.Time, plan.End),
                new("steps", "upkeep steps", CellKind.Number, steps),
            ],
        });
    }

    private static async Task<int> WriteAsync(Database database, Space space, SeedPlan plan, Action progress, CancellationToken cancellationToken)
    {
        var keys = await database.WriteAsync(connection => SeedQueries.KeysAsync(connection, space, plan.Keys, cancellationToken), cancellationToken);
        var instances = await database.WriteAsync(connection => SeedQueries.InstancesAsync(connection, space, plan, cancellationToken), cancellationToken);
        var done = 0;
        foreach (var start in plan.Starts)
        {
            await database.WriteAsync(
                async connection =>
                {
                    await SeedQueries.CopyAsync(connection, plan, start, keys, instances, cancellationToken);
                    return true;
                },
                cancellationToken);
            progress();
            if (++done == plan.FirstOfDays)
                await database.WriteAsync(connection => TelemetryQueries.MaintainAsync(connection, TimeSpan.Zero, cancellationToken), cancellationToken);
        }
        return await database.WriteAsync(
            async connection =>
            {
                await SeedQueries.FinishAsync(connection, plan, instances, cancellationToken);
                return done;
            },
            cancellationToken);
    }

    private static async Task<int> MaintainAsync(Database database, Action progress, CancellationToken cancellationToken)
    {
        var steps = 0;
        for (; await database.WriteAsync(connection => TelemetryQueries.MaintainAsync(connection, TimeSpan.Zero, cancellationToken), cancellationToken) is not null; steps++)
            progress();
        return steps;
    }

    private static Option<int> Number(string name, string description, int value, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} Default: {value}.", HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Given() is { } given && (given < least || given > most))
                result.AddError($"{name} is {least} to {most}.");
        });
        return option;
    }
}
