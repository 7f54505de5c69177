using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Pool;

/// <summary>pglocks pool what-if</summary>
internal sealed class PoolWhatIfCommand : DatabaseVerb
{
    private static readonly int[] Sizes = [64, 128, 256, 512, 1024, 2048, 4096];

    private static readonly Column<PoolEstimate>[] Columns =
    [
        new("pool_size", "slots", CellKind.Number, estimate => estimate.PoolSize),
        new("slots_shared", "shared by keys", CellKind.Number, estimate => estimate.SlotsShared),
        new("most_keys_per_slot", "keys a slot, at most", CellKind.Number, estimate => estimate.MostKeys),
        new("acquired", "acquired", CellKind.Number, estimate => estimate.Acquired),
        new("expected_contended_slot", "collisions expected", CellKind.Number, estimate => estimate.Expected),
        new("expected_contended_slot_ratio", "share of acquisitions", CellKind.Ratio, estimate => estimate.ExpectedRatio),
        new("observed_contended_slot", "collisions observed", CellKind.Number, estimate => estimate.Observed),
        new("observed_contended_slot_ratio", "observed share", CellKind.Ratio, estimate => estimate.ObservedRatio),
    ];

    private readonly Option<Since> _since = Since.CreateOption();

    public PoolWhatIfCommand(CommonOptions common)
        : base(common, "what-if",
            "Estimates false contention between processes for other pool sizes: acquisitions that meet another key of their slot, held in another process. From what each "
            + "process recorded, minute by minute: how often it acquired each key, and for how long it held it. For the present size, what was observed stands beside it.",
            "pglocks pool what-if --since 1d",
            "pglocks pool what-if --since 7d --timeout 2m --output json")
    {
        Add(_since);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var since = Since.Of(call, _since);
        var uses = await database.ReadAsync(connection => ConcurrencyQueries.UsesAsync(connection, space, since.Length, cancellationToken), cancellationToken);
        var estimates = uses.Count == 0 ? [] : Estimate(uses, space);
        return call.Answer(new Report
        {
            Facts =
            [
                new("space", "space", CellKind.Text, space.Name, Audience.Programs),
                new("pool_size", "slots now", CellKind.Number, space.PoolSize),
                new("since_ms", "since", CellKind.Milliseconds, (long?)since.Length?.TotalMilliseconds, Audience.Programs),
            ],
            Listings = [Listing.Of("estimates", estimates, Columns, $"Nothing was recorded in space '{space.Name}' {since}. A longer window: --since 7d, --since all.")],
            Message = estimates.Count == 0 ? null : Explain(estimates.First(estimate => estimate.PoolSize == space.PoolSize)),
        });
    }

    private static List<PoolEstimate> Estimate(IReadOnlyList<KeyUse> uses, Space space)
    {
        var model = new PoolModel(uses);
        var observed = uses.Sum(use => use.ContendedSlot);
        return [.. Sizes.Append(space.PoolSize).Distinct().Order().Select(size => model.Estimate(size) with { Observed = size == space.PoolSize ? observed : null })];
    }

    private static string Explain(PoolEstimate now) =>
        $"At the present {now.PoolSize} slots {Cells.Show(now.Expected, CellKind.Number)} collisions were to be expected, and {now.Observed:N0} were recorded: "
        + "by that factor the other estimates may be off. The pool size changes only while no process is live: UPDATE pglocks.spaces SET pool_size = …";
}
