using PgLocks.Benchmarks.Load;
using PgLocks.Benchmarks.Report;
using PgLocks.Benchmarks.Worker;
using Spectre.Console;

namespace PgLocks.Benchmarks.Compare;

/// <summary>One whole comparison: servers, rounds of runs, reports.</summary>
internal static class Comparison
{
    private const double SetUpSeconds = 0.5;

    /// <summary>Broken lines are easier to read than cut columns.</summary>
    private const int ReportWidth = 210;

    internal static async Task<int> RunAsync(CompareOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<Cell> cells = Cell.Plan(options);
        await using BenchServer server = await BenchServer.StartAsync(cancellationToken);
        await using RedisServer? redis = options.Contenders.Contains(Contenders.ContenderNames.MedallionRedis) ? await RedisServer.TryStartAsync() : null;
        await using ServerView view = await ServerView.OpenAsync(server.ConnectionString);
        Setting setting = Setting.Read(await view.VersionAsync(), await view.FsyncAsync(), redis?.Version, server.IsGiven);
        (int Round, Cell Cell, string Contender)[] runs = [.. from round in Enumerable.Range(0, options.Rounds) from cell in cells from contender in cell.Contenders(options, redis is not null) select (round, cell, contender)];
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, ReportWidth);
        Announce(options, setting, runs);
        // On a server that young no slot opens.
        await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, new PgLocksOptions().LockDelay.TotalSeconds + 0.5 - await view.AgeSecondsAsync())), cancellationToken);

        var results = new Results(setting, options);
        string witness = Witness.CreateFile();
        try
        {
            await using var workers = new WorkerGroup();
            for (int i = 0; i < runs.Length; i++)
            {
                (int round, Cell cell, string contender) = runs[i];
                if (i > 0 && round != runs[i - 1].Round)
                {
                    await workers.ReplaceAsync();
                    await server.CatchUpAsync();
                }
                var spec = new RunSpec
                {
                    Scenario = cell.Scenario,
                    Contender = contender,
                    Processes = cell.Processes,
                    Tasks = cell.Tasks,
                    Seconds = options.Seconds,
                    WarmUpSeconds = options.WarmUpSeconds(cell.Processes),
                    Postgres = server.ConnectionString,
                    Redis = redis?.Configuration,
                    WitnessFile = witness,
                };
                Run run = Run.From(cell, contender, await workers.RunAsync(spec, view.CallsAsync, view.SessionsAsync, cancellationToken));
                results.Add(run);
                if (run.Failure is not null)
                    await CleanSlots.RunAsync(server.ConnectionString);
                AnsiConsole.WriteLine($"{i + 1,4}/{runs.Length} {run.Describe()}");
            }
        }
        finally
        {
            File.Delete(witness);
        }
        return Publish(results, options);
    }

    private static int Publish(Results results, CompareOptions options)
    {
        TableReport.Print(results);
        IReadOnlyList<TargetLine> targets = Targets.Evaluate(results);
        TargetReport.Print(targets);
        options.Out.Create();
        File.WriteAllText(Path.Combine(options.Out.FullName, "compare.json"), JsonReport.Write(results, targets));
        File.WriteAllText(Path.Combine(options.Out.FullName, "compare.md"), MarkdownReport.Write(results, targets));
        File.WriteAllText(Path.Combine(options.Out.FullName, "compare.svg"), SvgChart.Draw(results));
        AnsiConsole.MarkupLineInterpolated($"Written: {options.Out.FullName} (compare.json, compare.md, compare.svg)");
        return results.Rows.Any(row => row.Failure is not null) ? 1 : 0;
    }

    private static void Announce(CompareOptions options, Setting setting, (int Round, Cell Cell, string Contender)[] runs)
    {
        double seconds = runs.Sum(run => options.Seconds + options.WarmUpSeconds(run.Cell.Processes) + SetUpSeconds);
        AnsiConsole.WriteLine(setting.ToText());
        AnsiConsole.MarkupLineInterpolated($"{runs.Length} runs of {options.Seconds} s, {options.Rounds} round(s): about {TimeSpan.FromSeconds(seconds):m\\:ss} min.");
        if (setting.Redis is null && options.Contenders.Contains(Contenders.ContenderNames.MedallionRedis))
            AnsiConsole.WriteLine("redis-server was not found: without DistributedLock.Redis.");
    }
}
