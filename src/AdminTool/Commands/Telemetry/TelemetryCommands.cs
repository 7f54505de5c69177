using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Commands.Telemetry;

/// <summary>pglocks telemetry …</summary>
internal sealed class TelemetryCommands(CommonOptions common) : VerbGroup(
    "telemetry",
    "The tables of figures and events: partitions, totals, roll-up, and how long they are kept.",
    new TelemetryStatusCommand(common),
    new TelemetryMaintainCommand(common),
    new TelemetryRetentionCommand(common),
    new TelemetrySeedCommand(common));
