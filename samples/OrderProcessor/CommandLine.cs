using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using OrderProcessor.Generator;

namespace OrderProcessor;

/// <summary>The options and what they start.</summary>
internal static class CommandLine
{
    private const string ConnectionVariable = "PGLOCKS_CONNECTION";
    private const string NoConnection = $"No database: give --connection or set {ConnectionVariable}, such as 'Host=localhost;Database=orders;Username=app'.";
    private const int BadUsage = 2;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var parsed = Create().Parse(arguments);
        if (parsed.Action is ParseErrorAction mistake)
            mistake.ShowHelp = false;
        // The host answers Ctrl-C, and takes its time.
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Errors.Count > 0 ? BadUsage : code;
    }

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
        if (result.GetValueOrDefault<int>() < least)
            result.AddError($"{result.Option.Name} is at least {least}.");
    }
}
