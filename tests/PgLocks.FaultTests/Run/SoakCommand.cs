using System.CommandLine;
using PgLocks.FaultTests.Faults;
using PgLocks.FaultTests.Report;
using PgLocks.FaultTests.Traffic;

namespace PgLocks.FaultTests;

/// <summary>The long form, on the command line.</summary>
internal static class SoakCommand
{
    internal const string Verb = "soak";

    /// <summary>A run that is ended early still waits for what it has begun, and is checked.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromMinutes(5);

    internal static Task<int> RunAsync(string[] arguments)
    {
        var seed = new Option<int?>("--seed") { Description = "Repeats the schedule of another run; default: a new one." };
        var minutes = new Option<double?>("--minutes") { Description = "How long faults are injected; default: until each kind was injected once." };
        var faults = new Option<string>("--faults") { Description = $"Only these kinds, with commas: {string.Join(", ", Fault.All.Select(fault => fault.Name))}." };
        var processes = new Option<int>("--processes") { Description = "Worker processes at once, 2 to 6.", DefaultValueFactory = _ => 4 };
        var mutation = new Option<Mutation>("--mutation") { Description = "Turns one defence off, to see that it is missed." };
        var oneAtATime = new Option<bool>("--one-at-a-time") { Description = "No fault beside another, as recovery times are measured." };
        var report = new Option<string>("--report") { Description = "Leaves the report in this file, as Markdown." };
        var keep = new Option<bool>("--keep") { Description = "Keeps the history also when nothing is wrong." };
        processes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 2 or > TrafficKeys.MostSeats)
                result.AddError($"--processes is 2 to {TrafficKeys.MostSeats}.");
        });
        var command = new RootCommand("Traffic of several processes, faults by a seeded schedule, and a check of every invariant.") { seed, minutes, faults, processes, mutation, oneAtATime, report, keep };
        command.SetAction(async (parsed, ended) =>
        {
            if (RunSetting.Autogroup == "1")
                Console.WriteLine("kernel.sched_autogroup_enabled is 1: some backends will wait long for a processor, and so will what they are to answer (docs/guarantees.md).");
            var outcome = await new FaultRun(
                new RunOptions
                {
                    Seed = parsed.GetValue(seed) ?? Random.Shared.Next(),
                    Minutes = parsed.GetValue(minutes),
                    Faults = parsed.GetValue(faults)?.Split(',') ?? [],
                    Processes = parsed.GetValue(processes),
                    Mutation = parsed.GetValue(mutation),
                    OneAtATime = parsed.GetValue(oneAtATime),
                    ReportFile = parsed.GetValue(report),
                    Keep = parsed.GetValue(keep),
                },
                Console.WriteLine,
                ended).RunAsync();
            return outcome.IsClean ? 0 : 1;
        });
        return command.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = LongestEnd });
    }
}
