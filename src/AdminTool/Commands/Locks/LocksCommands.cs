using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>pglocks locks …</summary>
internal sealed class LocksCommands(CommonOptions common) : VerbGroup(
    "locks",
    "Who holds what, since when, who waits; and how to end it.",
    new LocksListCommand(common),
    new LocksLongHeldCommand(common),
    new LocksWaitingCommand(common),
    new LocksShowCommand(common),
    new LocksYieldCommand(common),
    new LocksTerminateCommand(common));
