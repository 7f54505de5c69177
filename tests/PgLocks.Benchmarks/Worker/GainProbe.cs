using System.Diagnostics;
using PgLocks.Benchmarks.Contenders;
using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Worker;

/// <summary>How long an instance with nothing to do waits for a slot that nobody has: every slot once, with pauses.</summary>
internal static class GainProbe
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    internal static async Task<RunResult> RunAsync(RunSpec spec)
    {
        using var witness = new Witness(spec.WitnessFile);
        await using Contender contender = ContenderNames.Create(spec);
        int[] keys = SlotKeys.OnePerSlot();
        var run = new LoadRun(spec.Process, tasks: 1, keys, 0, witness);
        await contender.PrepareAsync(keys, tasks: 1);
        WorkerLoop.Say(Wire.Ready);
        await WorkerLoop.HearAsync(Wire.Go);
        long begun = Stopwatch.GetTimestamp();
        long? roundTrips = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            // The first ones prepare statements.
            if (i == keys.Length / 8)
            {
                run.BeginMeasured();
                roundTrips = contender.RoundTrips;
            }
            await Task.Delay(Pause);
            await contender.OnceAsync(run, task: 0, keys[i]);
        }
        WorkerLoop.Say(Wire.Measured);
        await WorkerLoop.HearAsync(Wire.Finish);
        return LoadScenario.Collect(run, new LoadScenario.Measured(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, contender.RoundTrips - roundTrips));
    }
}
