using System.Diagnostics;
using PgLocks.Benchmarks.Contenders;
using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Worker;

/// <summary>Tasks that do nothing but lock, for a while.</summary>
internal static class LoadScenario
{
    internal static async Task<RunResult> RunAsync(RunSpec spec)
    {
        int[] keys = Scenarios.KeysOf(spec);
        using var witness = new Witness(spec.WitnessFile);
        await using Contender contender = ContenderNames.Create(spec);
        var run = new LoadRun(spec.Process, spec.Tasks, keys, Scenarios.WorkOf(spec.Scenario), witness);
        await contender.PrepareAsync(keys, spec.Tasks);
        GC.Collect();
        WorkerLoop.Say(Wire.Ready);
        await WorkerLoop.HearAsync(Wire.Go);

        Task[] tasks = [.. Enumerable.Range(0, spec.Tasks).Select(task => Task.Run(() => LoopAsync(contender, run, task)))];
        Measured measured = await Task.Factory.StartNew(() => Watch(spec, run, contender), TaskCreationOptions.LongRunning);
        await Task.WhenAll(tasks);
        WorkerLoop.Say(Wire.Measured);
        await WorkerLoop.HearAsync(Wire.Finish);
        return Collect(run, measured);
    }

    internal static RunResult Collect(LoadRun run, Measured measured)
    {
        var wait = new Histogram();
        var hold = new Histogram();
        foreach (Recorder recorder in run.Recorders)
        {
            wait.Add(recorder.Wait.ToData());
            hold.Add(recorder.Hold.ToData());
        }
        return new RunResult
        {
            Operations = run.Recorders.Sum(recorder => recorder.Measured),
            OperationsWithWarmUp = run.Recorders.Sum(recorder => recorder.All),
            Seconds = measured.Seconds,
            Wait = wait.ToData(),
            Hold = hold.ToData(),
            LongestWait = run.Recorders.Max(recorder => recorder.LongestWait),
            AllocatedBytes = measured.AllocatedBytes,
            RoundTrips = measured.RoundTrips,
            WitnessFailures = run.Witness.Failures,
            FirstWitnessFailure = run.Witness.FirstFailure,
            Error = run.Error,
        };
    }

    private static async Task LoopAsync(Contender contender, LoadRun run, int task)
    {
        try
        {
            await contender.LoopAsync(run, task);
        }
        catch (Exception failure)
        {
            run.Fail(failure);
        }
    }

    /// <summary>On a thread of its own: the loops may keep the whole thread pool busy.</summary>
    private static Measured Watch(RunSpec spec, LoadRun run, Contender contender)
    {
        Thread.Sleep(TimeSpan.FromSeconds(spec.WarmUpSeconds));
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long? roundTrips = contender.RoundTrips;
        long begun = Stopwatch.GetTimestamp();
        run.BeginMeasured();
        Thread.Sleep(TimeSpan.FromSeconds(spec.Seconds));
        long ended = Stopwatch.GetTimestamp();
        run.Stop(ended);
        return new Measured(Stopwatch.GetElapsedTime(begun, ended).TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - allocated, contender.RoundTrips - roundTrips);
    }

    internal sealed record Measured(double Seconds, long AllocatedBytes, long? RoundTrips);
}
