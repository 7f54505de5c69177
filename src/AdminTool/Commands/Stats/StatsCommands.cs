using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Commands.Stats;

/// <summary>pglocks stats …</summary>
internal sealed class StatsCommands(CommonOptions common) : VerbGroup(
    "stats",
    "Where time was spent: waits and holds per key, slot and process.",
    new StatsKeysCommand(common),
    new StatsSlotsCommand(common),
    new StatsInstancesCommand(common),
    new StatsHeatmapCommand(common));
