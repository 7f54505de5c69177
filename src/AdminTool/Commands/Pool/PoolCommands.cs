using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Commands.Pool;

/// <summary>pglocks pool …</summary>
internal sealed class PoolCommands(CommonOptions common) : VerbGroup(
    "pool",
    "How keys share slots: collisions now, and with another pool size.",
    new PoolShowCommand(common),
    new PoolWhatIfCommand(common));
