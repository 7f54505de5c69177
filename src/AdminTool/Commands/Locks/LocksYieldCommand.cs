using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>pglocks locks yield SLOT|HOTKEY/PAIR</summary>
internal sealed class LocksYieldCommand : DatabaseVerb
{
    private readonly Argument<LockTarget> _target = LockTarget.CreateArgument();

    private readonly Option<TimeSpan?> _wait = DurationOption.Create("--wait", "How long to watch whether the holder changes. Default: 2s.");

    public LocksYieldCommand(CommonOptions common)
        : base(common, "yield",
            "Asks the process that holds a slot to yield it, and reports whether the holder changed. A process yields when its last lease of the "
            + "slot ends, at once when it only keeps it; a session that is no process of PgLocks does not listen.",
            "pglocks locks yield 17",
            "pglocks locks yield 5GhCSomeHotkey/EURUSD --wait 10s")
    {
        Add(_target);
        Add(_wait);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var before = await database.ReadAsync(
            connection => SlotHolder.FindAsync(connection, space, call.Get(_target)!, backendPid: null, cancellationToken), cancellationToken);
        await database.WriteAsync(connection => SessionQueries.AskToYieldAsync(connection, space, before, cancellationToken), cancellationToken);
        var after = await WatchAsync(call, database, space, before, cancellationToken);
        return call.Answer(new Report
        {
            Facts =
            [
                new("space", "space", CellKind.Text, space.Name, Audience.Programs),
                new("slot", "slot", CellKind.Id, before.Slot, Audience.Programs),
                new("holder_before", "asked", CellKind.Text, Describe(before)),
                new("backend_pid_before", "backend", CellKind.Id, before.BackendPid, Audience.Programs),
                new("has_changed", "changed", CellKind.Flag, !IsSame(before, after)),
                new("holder_after", "holder now", CellKind.Text, after is null ? null : Describe(after)),
                new("backend_pid_after", "backend", CellKind.Id, after?.BackendPid, Audience.Programs),
            ],
            Message = Explain(before, after),
        });
    }

    private async Task<Holder?> WatchAsync(Invocation call, Database database, Space space, Holder before, CancellationToken cancellationToken)
    {
        var started = call.Time.GetTimestamp();
        while (true)
        {
            var holders = await database.ReadAsync(
                connection => HolderQueries.OfSlotAsync(connection, space, before.Slot, cancellationToken), cancellationToken);
            var after = holders is [var oldest, ..] ? oldest : null;
            if (!IsSame(before, after) || call.Time.GetElapsedTime(started) > (call.Get(_wait) ?? TimeSpan.FromSeconds(2)))
                return after;
            await Task.Delay(TimeSpan.FromMilliseconds(50), call.Time, cancellationToken);
        }
    }

    private static bool IsSame(Holder before, Holder? after) => after?.BackendPid == before.BackendPid && after.BackendStart == before.BackendStart;

    private static string Explain(Holder before, Holder? after) => after switch
    {
        null => $"Slot {before.Slot} was yielded; nobody holds it now.",
        _ when !IsSame(before, after) => $"Slot {before.Slot} was yielded to {Describe(after)}.",
        { InstanceId: null } => $"{Describe(after)} still holds slot {after.Slot}: it is no process of PgLocks and does not listen. End its transaction, or the session: 'pglocks locks terminate {after.Slot}'.",
        { Hotkey: not null } => $"{Describe(after)} still holds slot {after.Slot}: a caller has {after.Hotkey}/{after.Pair}, and it is yielded when that lease ends.",
        _ => $"{Describe(after)} still holds slot {after.Slot}. It may have yielded and gained it again, if nobody else waits for it.",
    };

    private static string Describe(Holder holder) => Names.Process(holder.Application, holder.Host, holder.Pid);
}
