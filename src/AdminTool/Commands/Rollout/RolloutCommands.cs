using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Commands.Rollout;

/// <summary>pglocks rollout …</summary>
internal sealed class RolloutCommands(CommonOptions common) : VerbGroup(
    "rollout",
    "Moves running processes from one lock backend to another, key by key: Old, Both, New.",
    new RolloutStatusCommand(common),
    new RolloutStartCommand(common),
    new RolloutAdvanceCommand(common),
    new RolloutAbortCommand(common),
    new RolloutCompareCommand(common));
