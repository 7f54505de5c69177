using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Stats;

/// <summary>pglocks stats heatmap</summary>
internal sealed class StatsHeatmapCommand : DatabaseVerb
{
    private const int Hottest = 5;

    private readonly Option<Since> _since = Since.CreateOption();

    private readonly Option<HeatmapFigure> _by = new("--by")
    {
        Description = "wait: p99 of the wait (the default); hold: p99 of the hold; collisions: waits because of another key of the slot.",
        HelpName = "wait|hold|collisions",
        CustomParser = EnumWord.Parse<HeatmapFigure>,
    };

    public StatsHeatmapCommand(CommonOptions common)
        : base(common, "heatmap", "Draws the pool, one square a slot, the hotter the brighter, on a logarithmic scale.",
            "pglocks stats heatmap --by wait --since 1h",
            "pglocks stats heatmap --by collisions --output csv > heat.csv")
    {
        Add(_since);
        Add(_by);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var since = Since.Of(call, _since);
        var by = call.Get(_by);
        var request = new StatsRequest(space.Name, since.Length, "acquired", space.PoolSize);
        var rows = await database.ReadAsync(connection => StatsQueries.SlotsAsync(connection, request, cancellationToken), cancellationToken);
        var heat = new long[space.PoolSize];
        foreach (var row in rows)
            heat[row.Slot!.Value] = HeatOf(row, by);
        var kind = by == HeatmapFigure.Collisions ? CellKind.Number : CellKind.Nanoseconds;
        var name = by == HeatmapFigure.Collisions ? "contended_slot" : $"{(by == HeatmapFigure.Wait ? "wait" : "hold")}_p99_ns";
        Column<int>[] columns = [new("slot", "slot", CellKind.Id, slot => slot), new(name, by.ToString(), kind, slot => heat[slot])];
        return call.Answer(new Report
        {
            Facts =
            [
                new("space", "space", CellKind.Text, space.Name, Audience.Programs),
                new("by", "by", CellKind.Text, by.ToString().ToLowerInvariant(), Audience.Programs),
                new("since_ms", "since", CellKind.Milliseconds, (long?)since.Length?.TotalMilliseconds, Audience.Programs),
                new("pool_size", "pool", CellKind.Number, space.PoolSize, Audience.Programs),
            ],
            Drawing = call.Format == OutputFormat.Table ? new Heatmap(heat) : null,
            Listings = [Listing.Of("slots", Enumerable.Range(0, space.PoolSize), columns, "The pool is empty.")],
            Message = call.Format == OutputFormat.Table ? Legend(heat, by, kind, since) : null,
        });
    }

    private static long HeatOf(Figures row, HeatmapFigure by) => by switch
    {
        HeatmapFigure.Hold => row.HoldP99Ns ?? 0,
        HeatmapFigure.Collisions => row.ContendedSlot,
        _ => row.WaitP99Ns ?? 0,
    };

    private static string Legend(long[] heat, HeatmapFigure by, CellKind kind, Since since)
    {
        var hottest = Enumerable.Range(0, heat.Length).Where(slot => heat[slot] > 0).OrderByDescending(slot => heat[slot]).Take(Hottest)
            .Select(slot => $"{slot} ({Cells.Show(heat[slot], kind)})").ToList();
        var what = by switch { HeatmapFigure.Collisions => "Collisions", HeatmapFigure.Hold => "Hold p99", _ => "Wait p99" };
        return hottest.Count == 0 ? $"{what} {since}: nothing was recorded." : $"{what} {since}; hottest slots: {string.Join(", ", hottest)}.";
    }
}

/// <summary>What makes a slot hot.</summary>
internal enum HeatmapFigure
{
    Wait,
    Hold,
    Collisions,
}
