using System.CommandLine;
using PgLocks.AdminTool.CommandLine;

namespace PgLocks.AdminTool.Commands.Migrate;

/// <summary>pglocks migrate down --to VERSION</summary>
internal sealed class MigrateDownCommand : Verb
{
    private readonly Option<long> _to = new("--to")
    {
        Description = "The newest version to keep. 0 leaves nothing, not even the schema: locks' statistics and registry are gone.",
        HelpName = "VERSION",
        Required = true,
    };

    public MigrateDownCommand(CommonOptions common)
        : base(common, "down", "Takes back every step above a version, newest first.", "pglocks migrate down --to 0")
    {
        Add(_to);
    }

    protected override async Task<int> RunAsync(Invocation call, CancellationToken cancellationToken)
    {
        var target = call.Get(_to);
        var reverted = await MigrateCommands.Migrator(call).MigrateDownAsync(target, cancellationToken);
        return call.Answer(MigrateReport.Of("reverted", reverted, target));
    }
}
