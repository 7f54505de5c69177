using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Commands;
using PgLocks.AdminTool.Commands.Locks;
using PgLocks.AdminTool.Commands.Migrate;
using PgLocks.AdminTool.Commands.Pool;
using PgLocks.AdminTool.Commands.Registry;
using PgLocks.AdminTool.Commands.Rollout;
using PgLocks.AdminTool.Commands.Stats;
using PgLocks.AdminTool.Commands.Telemetry;
using PgLocks.AdminTool.Commands.Top;

namespace PgLocks.AdminTool;

/// <summary>The whole tool as one call: <c>pglocks VERB</c>.</summary>
public static class Tool
{
    /// <summary>Runs one command line with nobody there to answer questions; returns its exit code.</summary>
    public static Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default) =>
        RunAsync(args, new Streams(TextReader.Null, output, error), cancellationToken);

    /// <summary>Runs one command line; returns its exit code.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> args, Streams streams, CancellationToken cancellationToken = default) =>
        RunAsync(args, streams, TimeProvider.System, cancellationToken);

    internal static async Task<int> RunAsync(IReadOnlyList<string> args, Streams streams, TimeProvider time, CancellationToken cancellationToken)
    {
        var common = new CommonOptions();
        // No response files: an argument that begins with @ is a key like any other.
        var parsed = CreateRoot(common).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Action is ParseErrorAction)
            return UsageErrors.Write(parsed, args, common, streams);
        var configuration = new ToolConfiguration(streams) { Time = time, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(configuration, cancellationToken);
    }

    private static Command CreateRoot(CommonOptions common)
    {
        // Not a RootCommand: that one is called after the file, and the tool is called pglocks everywhere.
        var root = new Command("pglocks", "Position locks on PostgreSQL: who holds what, since when, who waits, and what to do about it.")
        {
            new MigrateCommands(common),
            new LocksCommands(common),
            new StatsCommands(common),
            new TopCommand(common),
            new PoolCommands(common),
            new RegistryCommands(common),
            new RolloutCommands(common),
            new TelemetryCommands(common),
            new DoctorCommand(common),
            new DemoCommand(common),
        };
        common.AddTo(root);
        root.Add(new HelpOption { Action = new HelpWithExamples(new HelpAction()), Recursive = true });
        root.Add(new VersionOption());
        return root;
    }
}
