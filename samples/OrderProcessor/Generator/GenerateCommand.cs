using System.CommandLine;

namespace OrderProcessor.Generator;

/// <summary><c>OrderProcessor generate</c>: a stream of orders of any size.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var count = new Option<int>("--orders") { Description = "How many orders.", DefaultValueFactory = _ => 20_000 };
        var miners = new Option<int>("--miners") { Description = "How many miners they come from.", DefaultValueFactory = _ => OrderGenerator.DefaultMiners };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same orders.", DefaultValueFactory = _ => 1 };
        var file = new Option<FileInfo?>("--out") { Description = "The file to write. Default: standard output." };
        count.Validators.Add(result => CommandLine.RequireAtLeast(0, result));
        miners.Validators.Add(result => CommandLine.RequireAtLeast(1, result));

        var command = new Command("generate", "Writes orders like those of a trading network: a few hot positions, a long tail.") { count, miners, seed, file };
        command.SetAction((parsed, cancellationToken) => WriteAsync(
            new OrderGenerator(parsed.GetValue(seed), parsed.GetValue(miners)).Take(parsed.GetValue(count)), parsed.GetValue(file), cancellationToken));
        return command;
    }

    private static async Task WriteAsync(IEnumerable<Order> orders, FileInfo? file, CancellationToken cancellationToken)
    {
        await using var output = file is null ? new StreamWriter(Console.OpenStandardOutput()) : file.CreateText();
        foreach (var order in orders)
            await output.WriteLineAsync(OrderJson.Line(order).AsMemory(), cancellationToken);
    }
}
