using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Rollout;

/// <summary>pglocks rollout start</summary>
internal sealed class RolloutStartCommand : RolloutChange
{
    private readonly Option<int> _percent = new("--percent")
    {
        Description = "How many of a hundred keys, by their hash; those of a smaller number are among those of a larger one. Default: 100.",
        HelpName = "1..100",
        DefaultValueFactory = _ => 100,
    };

    public RolloutStartCommand(CommonOptions common)
        : base(common, "start",
            "Makes keys that are Old Both: every process locks them with the old backend and then with the new one. Refused while a live process is behind.",
            "pglocks rollout start --percent 10",
            "pglocks rollout start --wait 1m")
    {
        _percent.Validators.Add(result =>
        {
            if (result.Given() is < 1 or > 100)
                result.AddError("--percent is 1 to 100.");
        });
        Add(_percent);
    }

    protected override (int NewPercent, int BothPercent) Next(Invocation call, RolloutStatus status) => call.Get(_percent) is var percent && percent > status.BothPercent
        ? (status.NewPercent, percent)
        : throw new ToolException(ExitCode.Refused, "nothing_to_start", $"{status.BothPercent} % of the keys are Both or New already.",
            "Give a larger --percent; or go on with 'pglocks rollout advance', or back with 'pglocks rollout abort'.");

    protected override string Done(RolloutStatus status) =>
        "Acknowledged by every live process. Compare both sides with 'pglocks rollout compare'; then 'pglocks rollout advance', or 'pglocks rollout abort'.";
}
