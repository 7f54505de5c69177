using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PgLocks.Migrations;

/// <summary>FluentMigrator's container. Its chatter goes nowhere unless a logger is given.</summary>
internal static class RunnerServices
{
    public static ServiceProvider ForServer(string connectionString) => Build(connectionString, logger: null);

    /// <summary>A runner that never connects: every statement goes to <paramref name="logger"/> instead.</summary>
    public static ServiceProvider ForScript(ILoggerProvider logger) => Build("none", logger);

    private static ServiceProvider Build(string connectionString, ILoggerProvider? logger) => new ServiceCollection()
        .AddFluentMigratorCore()
        .ConfigureRunner(runner => runner
            .AddPostgres11_0() // identity columns as the standard has them; the same SQL serves 14 to 18
            .WithGlobalConnectionString(connectionString)
            .WithGlobalStripComments(false)
            .WithVersionTable(new SchemaVersionsTable())
            .ScanIn(typeof(RunnerServices).Assembly).For.Migrations().For.EmbeddedResources())
        .Configure<RunnerOptions>(options => options.NoConnection = logger is not null)
        .AddLogging(logging =>
        {
            logging.ClearProviders();
            if (logger is not null)
                logging.AddProvider(logger);
        })
        .BuildServiceProvider(validateScopes: false);
}
