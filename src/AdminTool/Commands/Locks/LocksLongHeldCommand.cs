using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>pglocks locks long-held</summary>
internal sealed class LocksLongHeldCommand : DatabaseVerb
{
    private readonly Option<TimeSpan?> _over = DurationOption.Create(
        "--over", "Longer than this. Default: the threshold of each process. Shorter holds than that threshold are not recorded.");

    private readonly Option<bool> _watch = new("--watch") { Description = "Looks again and again, until Ctrl-C." };

    private readonly Option<TimeSpan?> _every = DurationOption.Create("--every", "The pause of --watch. Default: 2s.");

    private readonly Option<bool> _failIfAny = new("--fail-if-any") { Description = "Ends with 1 when there is one; with --watch as soon as there is one." };

    public LocksLongHeldCommand(CommonOptions common)
        : base(common, "long-held", "Lists locks that a caller holds for long, oldest first, from the moment it was acquired.",
            "pglocks locks long-held --over 30s",
            "pglocks locks long-held --over 5m --fail-if-any --output json    # for monitoring")
    {
        Add(_over);
        Add(_watch);
        Add(_every);
        Add(_failIfAny);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        if (!call.Get(_watch))
            return await LookAsync(call, database, space, cancellationToken);
        var exitCode = ExitCode.Done;
        try
        {
            while (exitCode == ExitCode.Done)
            {
                call.StartScreen();
                exitCode = await LookAsync(call, database, space, cancellationToken);
                if (exitCode == ExitCode.Done)
                    await Task.Delay(call.Get(_every) ?? TimeSpan.FromSeconds(2), call.Time, cancellationToken);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how a watch ends.
        }
        return exitCode;
    }

    private async Task<int> LookAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var over = call.Get(_over);
        var holders = await database.ReadAsync(connection => HolderQueries.LongHeldAsync(connection, space, over, cancellationToken), cancellationToken);
        return call.Answer(Report(holders, space, over), holders.Count > 0 && call.Get(_failIfAny) ? ExitCode.Found : ExitCode.Done);
    }

    private static Report Report(IReadOnlyList<Holder> holders, Space space, TimeSpan? over) => new()
    {
        Facts =
        [
            new("space", "space", CellKind.Text, space.Name, Audience.Programs),
            new("over_ms", "over", CellKind.Milliseconds, (long?)over?.TotalMilliseconds, Audience.Programs),
        ],
        Listings =
        [
            Listing.Of(
                "locks", holders, HolderColumns.All,
                over is { } limit ? $"No lock is held longer than {Durations.Show(limit)}." : "No lock is held longer than the threshold of its process."),
        ],
        Message = holders.Count > 0 ? "'pglocks locks show SLOT' tells more; 'pglocks locks terminate SLOT' ends the session." : null,
    };
}
