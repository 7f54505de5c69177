using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using OrderProcessor.Generator;

namespace OrderProcessor;

/// <summary>The options and what they start.</summary>
internal static partial class CommandLine
{
    private const string ConnectionVariable = "PGLOCKS_CONNECTION";
    private const string NoConnection = $"No database: give --connection or set {ConnectionVariable}, such as 'Host=localhost;Database=orders;Username=app'.";
    private const int BadUsage = 2;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var parsed = Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            await Console.Error.WriteLineAsync(Mistakes(parsed, arguments));
            return BadUsage;
        }
        // The host answers Ctrl-C, and takes its time.
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Errors.Count > 0 ? BadUsage : code;
    }

    internal static ParseResult Parse(string[] arguments) => Create().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>What is wrong with the arguments; they are not quoted when there is a password among them.</summary>
    internal static string Mistakes(ParseResult parsed, string[] arguments) =>
        arguments.Any(argument => HoldsAPassword().IsMatch(argument))
            ? "The arguments cannot be understood, and are not repeated here, since there is a password in them. Put the connection string in quotes, after --connection; --help tells the options."
            : string.Join(Environment.NewLine, parsed.Errors.Select(error => error.Message).Append("--help tells the options."));

    [GeneratedRegex(@"(password|passwd|pwd|psw|passphrase|secret)\s*[=:]|://[^/]*@|=[^;]*;", RegexOptions.IgnoreCase)]
    private static partial Regex HoldsAPassword();

    private static RootCommand Create()
    {
        var connection = new Option<string?>("--connection")
        {
            Description = $"Npgsql connection string. Default: {ConnectionVariable} of the environment.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(ConnectionVariable),
        };
        var orders = new Option<FileInfo>("--orders") { Description = "Orders, one JSON object a line. Default: standard input." }.AcceptExistingOnly();
        var tasks = new Option<int>("--tasks") { Description = "Orders in work at once.", DefaultValueFactory = _ => 8 };
        var noLock = new Option<bool>("--no-lock") { Description = "Work without locks and fences: shows the updates that are lost." };
        var work = new Option<int>("--work-ms") { Description = "Milliseconds that an order takes besides the database." };
        var acknowledge = new Option<bool>("--ack") { Description = "Answer every order on standard output: applied, repeated or failed, and its order_uuid." };
        tasks.Validators.Add(result => RequireAtLeast(1, result));
        work.Validators.Add(result => RequireAtLeast(0, result));

        var root = new RootCommand("Applies orders to positions, each position under its lock.")
        {
            connection, orders, tasks, noLock, work, acknowledge, GenerateCommand.Create(),
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(connection) is { Length: > 0 } given)
            {
                var options = new ProcessorOptions(
                    given, parsed.GetValue(orders), parsed.GetValue(tasks), !parsed.GetValue(noLock), TimeSpan.FromMilliseconds(parsed.GetValue(work)),
                    parsed.GetValue(acknowledge));
                return await Processor.RunAsync(options, cancellationToken);
            }
            await Console.Error.WriteLineAsync(NoConnection);
            return BadUsage;
        });
        return root;
    }

    internal static void RequireAtLeast(int least, OptionResult result)
    {
        // What is no number the parser tells itself.
        if (result.Tokens is [var token, ..] && int.TryParse(token.Value, out var number) && number < least)
            result.AddError($"{result.Option.Name} is at least {least}.");
    }
}
