using System.CommandLine;
using PgLocks.AdminTool.CommandLine;
using PgLocks.Migrations;

namespace PgLocks.AdminTool.Commands.Migrate;

/// <summary>pglocks migrate up</summary>
internal sealed class MigrateUpCommand : Verb
{
    private readonly Option<long?> _to = new("--to") { Description = "The last version to apply. Default: the latest.", HelpName = "VERSION" };

    public MigrateUpCommand(CommonOptions common)
        : base(common, "up", "Applies what is missing. Concurrent runs wait for each other; each step is applied once, whole or not at all.",
            "pglocks migrate up --connection 'Host=localhost;Database=orders;Username=owner;Password=…'",
            "pglocks migrate up --timeout 5m        # wait that long for another migration to end")
    {
        Add(_to);
    }

    protected override async Task<int> RunAsync(Invocation call, CancellationToken cancellationToken)
    {
        var applied = await MigrateCommands.Migrator(call).MigrateUpAsync(call.Get(_to), cancellationToken);
        return call.Answer(MigrateReport.Of("applied", applied, call.Get(_to) ?? SchemaMigrator.LatestVersion));
    }
}
