using FluentMigrator;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Generators;
using FluentMigrator.Runner.Processors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PgLocks.Migrations;

/// <summary>FluentMigrator's container. Its chatter goes nowhere.</summary>
internal static class RunnerServices
{
    public static ServiceProvider ForServer(string connectionString) => Configure(connectionString).BuildServiceProvider();

    /// <summary>A runner that never connects: every statement goes to <paramref name="recorder"/> instead.</summary>
    public static ServiceProvider ForScript(ILogger recorder) => Configure(connectionString: "")
        .AddScoped<IProcessorAccessor>(services => new ScriptAccessor(new ConnectionlessProcessor(
            services.GetRequiredService<IGeneratorAccessor>(),
            recorder,
            services.GetRequiredService<IOptionsSnapshot<ProcessorOptions>>(),
            Array.Empty<string>())))
        .BuildServiceProvider();

    private static IServiceCollection Configure(string connectionString) => new ServiceCollection()
        .AddFluentMigratorCore()
        .ConfigureRunner(runner => runner
            .AddPostgres11_0() // identity columns as the standard has them; the same SQL serves 14 to 18
            .WithGlobalConnectionString(connectionString)
            .WithGlobalStripComments(false)
            .WithVersionTable(new SchemaVersionsTable())
            .ScanIn(typeof(RunnerServices).Assembly).For.Migrations().For.EmbeddedResources())
        .AddLogging(logging => logging.ClearProviders());

    private sealed record ScriptAccessor(IMigrationProcessor Processor) : IProcessorAccessor;
}
