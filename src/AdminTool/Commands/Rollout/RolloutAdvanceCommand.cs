using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Rollout;

/// <summary>pglocks rollout advance</summary>
internal sealed class RolloutAdvanceCommand(CommonOptions common) : RolloutChange(
    common,
    "advance",
    "Makes keys that are Both New: only the new backend locks them. Refused while a live process is behind.",
    "pglocks rollout advance",
    "pglocks rollout advance --wait 1m")
{
    protected override (int NewPercent, int BothPercent) Next(Invocation call, RolloutStatus status) => status.NewPercent < status.BothPercent
        ? (status.BothPercent, status.BothPercent)
        : throw new ToolException(ExitCode.Refused, "nothing_to_advance", $"No key is Both ({status.NewPercent} % are New, the others Old).", "Begin with 'pglocks rollout start'.");

    protected override string Done(RolloutStatus status) => status.NewPercent == 100
        ? "Acknowledged by every live process: the old backend locks nothing any more."
        : "Acknowledged by every live process. Go on with 'pglocks rollout start' and a larger --percent.";
}
