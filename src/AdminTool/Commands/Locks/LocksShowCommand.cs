using System.CommandLine;
using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>pglocks locks show SLOT|HOTKEY/PAIR</summary>
internal sealed class LocksShowCommand : DatabaseVerb
{
    private const int Newest = 20;

    private readonly Argument<LockTarget> _target = LockTarget.CreateArgument();

    public LocksShowCommand(CommonOptions common)
        : base(common, "show", "Shows all that is known of one slot: holders, queue, keys that live in it, what was waited for and what happened lately.",
            "pglocks locks show 17",
            "pglocks locks show 5GhCSomeHotkey/EURUSD")
    {
        Add(_target);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken) =>
        call.Answer(await database.ReadAsync(connection => ReportAsync(connection, space, call.Get(_target)!, cancellationToken), cancellationToken));

    private static async Task<Report> ReportAsync(NpgsqlConnection connection, Space space, LockTarget target, CancellationToken cancellationToken)
    {
        var slot = await target.SlotInAsync(connection, space, cancellationToken);
        if (target.Key is { } key && !await SlotQueries.IsRegisteredAsync(connection, space, key, cancellationToken))
        {
            throw new ToolException(
                ExitCode.NotFound, "key_not_found", $"No process has used the key '{key.MinerHotkey}/{key.TradePairId}' in space '{space.Name}' yet.",
                $"Check its spelling. It lives in slot {slot}: 'pglocks locks show {slot}'.");
        }
        var facts = await SlotQueries.FactsAsync(connection, space, slot, cancellationToken);
        var holders = await HolderQueries.OfSlotAsync(connection, space, slot, cancellationToken);
        return new Report
        {
            Facts =
            [
                new("space", "space", CellKind.Text, space.Name),
                new("slot", "slot", CellKind.Id, slot),
                new("hotkey", "hotkey", CellKind.Text, target.Key?.MinerHotkey, target.Key is null ? Audience.Programs : Audience.Everybody),
                new("pair", "pair", CellKind.Text, target.Key?.TradePairId, target.Key is null ? Audience.Programs : Audience.Everybody),
                new("advisory_lock", "advisory lock", CellKind.Text, $"({space.ClassId}, {slot})"),
                new("number", "number", CellKind.Id, facts.Number),
                new("fenced_epoch", "fenced epoch", CellKind.Id, facts.FencedEpoch),
                new("last_release", "last release", CellKind.Text, LastRelease(facts, holders)),
            ],
            Listings =
            [
                Listing.Of("holders", holders, HolderColumns.All, "Nobody holds it.", "Holders"),
                Listing.Of(
                    "waiters", await WaiterQueries.OfSlotAsync(connection, space, slot, cancellationToken), WaiterColumns.All, "Nobody waits for it.", "Waiters"),
                Listing.Of(
                    "keys", await SlotQueries.KeysAsync(connection, space, slot, Newest, cancellationToken), SlotColumns.Keys, "No key lives in it yet.",
                    "Keys, last used first"),
                Listing.Of(
                    "waits", await WaitQueries.SharesAsync(connection, space, slot, cancellationToken), SlotColumns.Waits, "Nobody waited.",
                    "What was waited for in the last hour"),
                Listing.Of(
                    "events", await SlotQueries.EventsAsync(connection, space, slot, Newest, cancellationToken), SlotColumns.Events, "Nothing happened that was recorded.",
                    "Events, newest first"),
            ],
        };
    }

    // Gain and release each draw one number: with nobody in the slot, an odd one is a release that never came.
    private static string? LastRelease(SlotFacts facts, IReadOnlyList<Holder> holders) => (holders.Count, facts.Number) switch
    {
        (> 0, _) or (_, null) => null,
        (_, var number) when number % 2 == 0 => "clean",
        _ => "unclean: the last owner died, the next one waits the lock delay",
    };
}
