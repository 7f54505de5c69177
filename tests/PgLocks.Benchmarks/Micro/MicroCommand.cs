using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using PgLocks.Benchmarks.Compare;

namespace PgLocks.Benchmarks.Micro;

/// <summary>The command line of <c>micro</c>: BenchmarkDotNet over the parts of the fast path.</summary>
internal static class MicroCommand
{
    internal static Command Create()
    {
        var filter = new Option<string>("--filter") { Description = "Which benchmarks.", DefaultValueFactory = _ => "*" };
        var folder = new Option<DirectoryInfo>("--out") { Description = "Where results go.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/benchmarks/micro") };
        var command = new Command("micro", "The micro-costs of the fast path, with BenchmarkDotNet (short job).") { filter, folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using BenchServer server = await BenchServer.StartAsync(cancellationToken);
            FastPathBenchmarks.ConnectionString = server.ConnectionString;
            // In this process: a generated project would inherit the repository's analyzers and central versions.
            IConfig config = DefaultConfig.Instance
                .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
                .AddDiagnoser(MemoryDiagnoser.Default)
                .WithArtifactsPath(parsed.GetValue(folder)!.FullName);
            BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(["--filter", parsed.GetValue(filter)!], config);
            return 0;
        });
        return command;
    }
}
