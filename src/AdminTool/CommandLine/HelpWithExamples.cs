using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>The usual help, then examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        var examples = command is IHasExamples own ? own.Examples : command.Subcommands.OfType<IHasExamples>().SelectMany(verb => verb.Examples.Take(1));
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return ExitCode.Done;
    }
}
