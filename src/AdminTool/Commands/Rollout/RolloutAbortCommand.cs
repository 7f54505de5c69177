using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Rollout;

/// <summary>pglocks rollout abort</summary>
internal sealed class RolloutAbortCommand(CommonOptions common) : RolloutChange(
    common,
    "abort",
    "Goes back one step: keys that are New become Both; where none is New, keys that are Both become Old. A start that is not acknowledged yet can be aborted at once.",
    "pglocks rollout abort",
    "pglocks rollout abort --wait 1m")
{
    protected override bool GoesBack => true;

    protected override (int NewPercent, int BothPercent) Next(Invocation call, RolloutStatus status) => status switch
    {
        { NewPercent: > 0 } => (0, status.BothPercent),
        { BothPercent: > 0 } => (0, 0),
        _ => throw new ToolException(ExitCode.Refused, "nothing_to_abort", "Every key is Old already.", "Begin with 'pglocks rollout start'."),
    };

    protected override string Done(RolloutStatus status) => status.BothPercent == 0
        ? "Acknowledged by every live process: only the old backend locks."
        : "Acknowledged by every live process: no key is New. 'pglocks rollout abort' once more goes back to Old.";
}
