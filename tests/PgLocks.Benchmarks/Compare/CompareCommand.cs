using System.CommandLine;
using PgLocks.Benchmarks.Contenders;

namespace PgLocks.Benchmarks.Compare;

/// <summary>The command line of <c>compare</c>.</summary>
internal static class CompareCommand
{
    internal static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Short runs, and only those that the table of targets needs: under two minutes." };
        var seconds = new Option<double?>("--seconds") { Description = "Measured time of one run. Default: 2, quick 0.5." };
        var rounds = new Option<int?>("--rounds") { Description = "Repetitions, of which the median is reported. Default: 3, quick 1." };
        var contenders = List("--contenders", ContenderNames.All);
        var scenarios = List("--scenarios", Worker.Scenarios.All);
        var processes = new Option<int[]>("--processes") { Description = "Numbers of processes. Default: 1 2 4 8.", AllowMultipleArgumentsPerToken = true };
        var memory = new Option<bool>("--memory") { Description = "Also measure bytes per key, and what a million keys leave behind (minutes)." };
        var ideas = new Option<bool>("--ideas") { Description = "The ideas that PgLocks competes with, beside the old way; of the other options --quick and --out count." };
        var folder = new Option<DirectoryInfo>("--out") { Description = "Where results go.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/benchmarks") };
        var command = new Command("compare", "All contenders side by side, in real processes, with a witness of exclusion.")
        {
            quick, seconds, rounds, contenders, scenarios, processes, memory, ideas, folder,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            bool isQuick = parsed.GetValue(quick);
            if (parsed.GetValue(ideas))
                return Ideas.IdeasComparison.RunAsync(isQuick, parsed.GetValue(folder)!, cancellationToken);
            bool asksForMemory = parsed.GetValue(memory) || Split(parsed.GetValue(scenarios)).Contains(Worker.Scenarios.Memory);
            var options = new CompareOptions
            {
                Quick = isQuick,
                Seconds = parsed.GetValue(seconds) ?? (isQuick ? 0.5 : 2),
                Rounds = parsed.GetValue(rounds) ?? (isQuick ? 1 : 3),
                Contenders = Chosen(parsed.GetValue(contenders), ContenderNames.All),
                Scenarios = Chosen(parsed.GetValue(scenarios), Worker.Scenarios.All),
                Processes = parsed.GetValue(processes) is { Length: > 0 } given ? given : [1, 2, 4, 8],
                Memory = asksForMemory,
                Out = parsed.GetValue(folder)!,
            };
            return Comparison.RunAsync(options, cancellationToken);
        });
        return command;
    }

    private static Option<string[]> List(string name, string[] values)
    {
        var option = new Option<string[]>(name) { Description = $"Any of: {string.Join(", ", values)}. Default: all.", AllowMultipleArgumentsPerToken = true };
        option.Validators.Add(result =>
        {
            string[] unknown = [.. Split(result.GetValueOrDefault<string[]>()).Except(values)];
            if (unknown.Length > 0)
                result.AddError($"{name} does not know '{string.Join("', '", unknown)}'. It knows: {string.Join(", ", values)}.");
        });
        return option;
    }

    private static string[] Chosen(string[]? given, string[] all) => Split(given) is { Length: > 0 } names ? names : all;

    private static string[] Split(string[]? given) =>
        [.. (given ?? []).SelectMany(names => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
}
