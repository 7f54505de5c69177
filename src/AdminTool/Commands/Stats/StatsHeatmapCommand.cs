using System.CommandLine;
using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Stats;

/// <summary>pglocks stats heatmap</summary>
internal sealed class StatsHeatmapCommand : DatabaseVerb
{
    private const int MostNamed = 5;

    private readonly Option<Since> _since = Since.CreateOption();

    private readonly Option<HeatmapFigure> _by = new("--by")
    {
        Description = "wait: p99 of the wait (the default); hold: p99 of the hold; collisions: waits because of another key of the slot; "
            + "keys: those registered in it, whenever used; acquired: acquisitions.",
        HelpName = "wait|hold|collisions|keys|acquired",
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
        var heat = await database.ReadAsync(connection => HeatAsync(connection, space, since, by, cancellationToken), cancellationToken);
        var (name, kind, title) = Describe(by);
        Column<int>[] columns = [new("slot", "slot", CellKind.Id, slot => slot), new(name, title, kind, slot => heat[slot])];
        return call.Answer(new Report
        {
            Facts =
            [
                new("space", "space", CellKind.Text, space.Name, Audience.Programs),
                new("by", "by", CellKind.Text, by.ToString().ToLowerInvariant(), Audience.Programs),
                new("since_ms", "since", CellKind.Milliseconds, (long?)since.Length?.TotalMilliseconds, Audience.Programs),
                new("pool_size", "pool", CellKind.Number, space.PoolSize, Audience.Programs),
            ],
            Drawing = call.Format == OutputFormat.Table ? new Heatmap(heat, value => Cells.Show(value, kind)) : null,
            Listings = [Listing.Of("slots", Enumerable.Range(0, space.PoolSize), columns, "The pool is empty.")],
            Message = call.Format == OutputFormat.Table ? Hottest(heat, kind, by == HeatmapFigure.Keys ? title : $"{title} {since}") : null,
        });
    }

    private static async Task<long[]> HeatAsync(NpgsqlConnection connection, Space space, Since since, HeatmapFigure by, CancellationToken cancellationToken)
    {
        var heat = new long[space.PoolSize];
        if (by == HeatmapFigure.Keys)
        {
            foreach (var slot in await PoolQueries.KeysAsync(connection, space, cancellationToken))
                heat[slot.Slot] = slot.Keys;
            return heat;
        }
        var request = new StatsRequest(space.Name, since.Length, "acquired", space.PoolSize);
        foreach (var row in await StatsQueries.SlotsAsync(connection, request, cancellationToken))
            heat[row.Slot!.Value] = HeatOf(row, by);
        return heat;
    }

    private static long HeatOf(Figures row, HeatmapFigure by) => by switch
    {
        HeatmapFigure.Hold => row.HoldP99Ns ?? 0,
        HeatmapFigure.Collisions => row.ContendedSlot,
        HeatmapFigure.Acquired => row.Acquired,
        _ => row.WaitP99Ns ?? 0,
    };

    private static (string Name, CellKind Kind, string Title) Describe(HeatmapFigure by) => by switch
    {
        HeatmapFigure.Hold => ("hold_p99_ns", CellKind.Nanoseconds, "Hold p99"),
        HeatmapFigure.Collisions => ("contended_slot", CellKind.Number, "Collisions"),
        HeatmapFigure.Keys => ("keys", CellKind.Number, "Keys registered"),
        HeatmapFigure.Acquired => ("acquired", CellKind.Number, "Acquisitions"),
        _ => ("wait_p99_ns", CellKind.Nanoseconds, "Wait p99"),
    };

    private static string Hottest(long[] heat, CellKind kind, string what)
    {
        var hottest = Enumerable.Range(0, heat.Length).Where(slot => heat[slot] > 0).OrderByDescending(slot => heat[slot]).Take(MostNamed)
            .Select(slot => $"{slot} ({Cells.Show(heat[slot], kind)})").ToList();
        return hottest.Count == 0 ? $"{what}: nothing was recorded." : $"{what}; hottest slots: {string.Join(", ", hottest)}.";
    }
}

/// <summary>What makes a slot hot.</summary>
internal enum HeatmapFigure
{
    Wait,
    Hold,
    Collisions,
    Keys,
    Acquired,
}
