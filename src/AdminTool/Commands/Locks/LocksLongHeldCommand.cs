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
        : base(common, "long-held", "Lists locks that a caller holds for long, oldest first, from the moment it was acquired, and who waits behind them. "
            + "A slot that a process merely keeps for its callers is healthy: it is counted, not listed.",
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
        var (holders, waiters, kept) = await database.ReadAsync(
            async connection => (
                await HolderQueries.LongHeldAsync(connection, space, over, cancellationToken),
                await WaiterQueries.AllAsync(connection, space, cancellationToken),
                await HolderQueries.KeptAsync(connection, space, cancellationToken)),
            cancellationToken);
        var behind = waiters.Where(waiter => holders.Any(holder => holder.Slot == waiter.Slot)).ToList();
        return call.Answer(Report(space, over, holders, behind, kept), holders.Count > 0 && call.Get(_failIfAny) ? ExitCode.Found : ExitCode.Done);
    }

    private static Report Report(Space space, TimeSpan? over, IReadOnlyList<Holder> holders, List<Waiter> behind, int kept) => new()
    {
        Facts =
        [
            new("space", "space", CellKind.Text, space.Name, Audience.Programs),
            new("over_ms", "over", CellKind.Milliseconds, (long?)over?.TotalMilliseconds, Audience.Programs),
            new("slots_kept", "kept", CellKind.Number, kept, Audience.Programs),
        ],
        Listings =
        [
            Listing.Of(
                "locks", holders, HolderColumns.All,
                over is { } limit ? $"No lock is held longer than {Durations.Show(limit)}." : "No lock is held longer than the threshold of its process."),
            Listing.Of("waiters", behind, WaiterColumns.All, holders.Count == 0 ? "" : "Nobody waits for them.", holders.Count == 0 ? null : "Behind them"),
        ],
        Message = Advice(holders.Count, kept),
    };

    private static string? Advice(int held, int kept)
    {
        var healthy = kept == 0 ? "" : $"Besides, processes keep {kept} {(kept == 1 ? "slot" : "slots")} for callers that come and go, which is healthy.";
        var advice = held == 0 ? healthy : $"'pglocks locks show SLOT' tells more; 'pglocks locks terminate SLOT' ends the session. {healthy}";
        return advice.Length == 0 ? null : advice.TrimEnd();
    }
}
