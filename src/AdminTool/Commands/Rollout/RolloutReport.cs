using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Rollout;

/// <summary>How the state of a rollout is told.</summary>
internal static class RolloutReport
{
    private static readonly Column<RolloutProcess>[] Columns =
    [
        new("process", "process", CellKind.Text, Describe, Audience.People),
        new("application", "application", CellKind.Text, process => process.Application, Audience.Programs),
        new("host", "host", CellKind.Text, process => process.Host, Audience.Programs),
        new("pid", "pid", CellKind.Id, process => process.Pid, Audience.Programs),
        new("acknowledged", "acknowledged", CellKind.Id, process => process.Acknowledged),
        new("is_behind", "behind", CellKind.Flag, process => process.IsBehind),
        new("left_behind", "leases of earlier generations", CellKind.Number, process => process.LeftBehind),
        new("is_connected", "connected", CellKind.Flag, process => process.IsConnected),
        new("silent_ms", "silent for", CellKind.Milliseconds, process => process.SilentMs),
        new("old_side", "old", CellKind.Text, process => process.OldSide),
        new("new_side", "new", CellKind.Text, process => process.NewSide),
    ];

    public static Report Of(Space space, RolloutStatus status, IReadOnlyList<RolloutProcess> processes) => new()
    {
        Facts =
        [
            new("space", "space", CellKind.Text, space.Name),
            new("mode", "mode", CellKind.Text, Mode(status)),
            new("generation", "generation", CellKind.Id, status.Generation),
            new("new_percent", "New (% of keys)", CellKind.Number, status.NewPercent),
            new("both_percent", "Both (% of keys)", CellKind.Number, status.BothPercent - status.NewPercent, Audience.People),
            new("old_percent", "Old (% of keys)", CellKind.Number, 100 - status.BothPercent, Audience.People),
            new("new_or_both_percent", "New or Both", CellKind.Number, status.BothPercent, Audience.Programs),
            new("is_acknowledged", "acknowledged by all", CellKind.Flag, !processes.Any(process => process.IsBehind)),
        ],
        Listings = [Listing.Of("processes", processes, Columns, "No live process takes part. RolloutLockProvider joins when it starts.")],
    };

    /// <summary>For sentences: who, and how far.</summary>
    public static string Lag(RolloutProcess process, long generation)
    {
        var far = process.Acknowledged is { } acknowledged ? $"has acknowledged generation {acknowledged} of {generation}" : "has not read the state yet";
        var why = process.LeftBehind > 0 ? $", {process.LeftBehind} leases or waits of earlier ones are left"
            : process.IsConnected ? "" : $", its session ended {Cells.Show(process.SilentMs, CellKind.Milliseconds)} ago at most";
        return $"{Describe(process)} {far}{why}";
    }

    private static string Describe(RolloutProcess process) => Names.Process(process.Application, process.Host, process.Pid);

    private static string Mode(RolloutStatus status) => (status.NewPercent, status.BothPercent) switch
    {
        (_, 0) => "old",
        (0, 100) => "both",
        (100, _) => "new",
        _ => "mixed",
    };
}
