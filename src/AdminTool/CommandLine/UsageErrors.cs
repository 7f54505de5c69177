using System.CommandLine;
using System.CommandLine.Parsing;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.CommandLine;

/// <summary>Answers a command line that cannot be understood.</summary>
internal static class UsageErrors
{
    public static int Write(ParseResult parsed, IReadOnlyList<string> arguments, CommonOptions common, Streams streams)
    {
        var message = string.Join(' ', parsed.Errors.Select(error => error.Message).Distinct().Reverse());
        var failure = new ToolException(ExitCode.BadUsage, "bad_usage", SecretArguments.Hide(message, [.. arguments, .. parsed.Tokens.Select(token => token.Value)]), $"Run '{Path(parsed)} --help'.");
        Renderers.Create(Format(parsed, common), streams).Write(failure);
        return failure.ExitCode;
    }

    private static string Path(ParseResult parsed)
    {
        List<string> names = [];
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
            names.Insert(0, result.Command.Name);
        return string.Join(' ', names);
    }

    private static OutputFormat Format(ParseResult parsed, CommonOptions common) =>
        parsed.GetResult(common.Output) is { } result && !result.Errors.Any() ? parsed.GetValue(common.Output) : OutputFormat.Table;
}
