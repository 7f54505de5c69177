using System.CommandLine;
using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Connecting;
using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>pglocks locks terminate SLOT|HOTKEY/PAIR</summary>
internal sealed class LocksTerminateCommand : DatabaseVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Argument<LockTarget> _target = LockTarget.CreateArgument();

    private readonly Option<int?> _backend = new("--backend") { Description = "The holder's backend, where several sessions share the slot.", HelpName = "PID" };

    private readonly Option<bool> _yes = new("--yes") { Description = "Confirms beforehand; for scripts." };

    public LocksTerminateCommand(CommonOptions common)
        : base(common, "terminate",
            "Ends the session that holds a slot, after showing everything else that it holds and asking. Its process loses what that session holds, "
            + "and notices within a heartbeat; the next owner of each slot waits the lock delay. Whoever holds the slot by then is checked again. Written to lock_events.",
            "pglocks locks terminate 17",
            "pglocks locks terminate 17 --yes --output json")
    {
        Add(_target);
        Add(_backend);
        Add(_yes);
    }

    protected override async Task<int> RunAsync(Invocation call, Database database, Space space, CancellationToken cancellationToken)
    {
        var holder = await database.ReadAsync(
            async connection => await SlotHolder.FindAsync(connection, space, call.Get(_target)!, call.Get(_backend), cancellationToken), cancellationToken);
        var locks = await database.ReadAsync(connection => SessionQueries.LocksAsync(connection, holder.BackendPid, cancellationToken), cancellationToken);
        var session = SessionReport.Of(space, holder, locks);
        if (call.Format == OutputFormat.Table)
            call.Answer(session);
        if (!call.Get(_yes))
            await call.ConfirmAsync($"End this session (backend {holder.BackendPid}), and with it all of the above?", cancellationToken);

        var isSignalled = await EndAsync(database, space, holder, cancellationToken);
        var isGone = isSignalled && await IsGoneAsync(call, database, holder, cancellationToken);
        return call.Answer(Result(call, session, holder, isSignalled, isGone));
    }

    private static async Task<bool> EndAsync(Database database, Space space, Holder holder, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(connection => SessionQueries.TerminateAsync(connection, space, holder, cancellationToken), cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            throw new ToolException(
                ExitCode.NotFound, "session_changed", $"Nothing was ended: {error.MessageText}.", "Look again with 'pglocks locks list'.", error);
        }
    }

    private static async Task<bool> IsGoneAsync(Invocation call, Database database, Holder holder, CancellationToken cancellationToken)
    {
        var started = call.Time.GetTimestamp();
        while (await database.ReadAsync(connection => SessionQueries.IsThereAsync(connection, holder, cancellationToken), cancellationToken))
        {
            if (call.Time.GetElapsedTime(started) > Patience)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(20), call.Time, cancellationToken);
        }
        return true;
    }

    private static Report Result(Invocation call, Report session, Holder holder, bool isSignalled, bool isGone) => new()
    {
        Facts = call.Format == OutputFormat.Table
            ? []
            : [.. session.Facts, new("terminated", "terminated", CellKind.Flag, isSignalled), new("is_gone", "gone", CellKind.Flag, isGone)],
        Listings = call.Format == OutputFormat.Json ? session.Listings : [],
        Message = (isSignalled, isGone) switch
        {
            (false, _) => $"Backend {holder.BackendPid} could not be signalled: it has just ended.",
            (true, true) => $"Backend {holder.BackendPid} is gone.",
            _ => $"Backend {holder.BackendPid} was told to end, and is still there: 'pglocks locks show {holder.Slot}' tells when it is gone.",
        },
    };
}
