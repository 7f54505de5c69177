using System.Text.Json;
using PgLocks.AdminTool;
using PgLocks.AdminTool.CommandLine;

namespace PgLocks.TestKit;

/// <summary>What one command line of the admin tool returned and printed; run in this process.</summary>
public sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    /// <summary>Both streams.</summary>
    public string All => Output + Errors;

    /// <summary>The one object of <c>--output json</c>.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>With nobody there to answer questions.</summary>
    public static Task<ToolRun> OfAsync(params string[] args) => OfAsync(TextReader.Null, CancellationToken.None, args);

    /// <summary>With answers to its questions, a line each.</summary>
    public static async Task<ToolRun> OfAsync(TextReader answers, CancellationToken cancellationToken, params string[] args)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var exitCode = await Tool.RunAsync(args, new Streams(answers, output, errors), cancellationToken);
        return new ToolRun(exitCode, output.ToString(), errors.ToString());
    }
}
