using System.Diagnostics;
using PgLocks.Benchmarks.Contenders;
using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Worker;

/// <summary>How long a process waits for a slot that another one keeps and does not use: two processes, in turns, some slots once a turn.</summary>
internal static class HandOverProbe
{
    private const int Slots = 32;

    /// <summary>Slots that are wanted closer together come together, and most of them before they are asked for.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>A slot that was asked for is not kept until there is calm again.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(300);

    internal static async Task<RunResult> RunAsync(RunSpec spec)
    {
        using var witness = new Witness(spec.WitnessFile);
        await using Contender contender = ContenderNames.Create(spec);
        int[] keys = SlotKeys.OnePerSlot()[..Slots];
        var run = new LoadRun(spec.Process, tasks: 1, keys, 0, witness);
        // Its own recorder: what makes slots kept again is not measured.
        var keep = new LoadRun(spec.Process, tasks: 1, keys, 0, witness);
        await contender.PrepareAsync(keys, tasks: 1);
        WorkerLoop.Say(Wire.Ready);
        await WorkerLoop.HearAsync(Wire.Go);
        long begun = Stopwatch.GetTimestamp();
        int turns = Math.Max(3, (int)(spec.Seconds * 4));
        for (int turn = 0; turn < turns; turn++)
        {
            if (turn % spec.Processes != spec.Process)
                continue;
            while (witness.Turn != turn)
                await Task.Delay(1);
            if (turn > 0)
                run.BeginMeasured();
            foreach (int key in keys)
            {
                await Task.Delay(Pause);
                await contender.OnceAsync(run, task: 0, key);
            }
            await Task.Delay(Calm);
            foreach (int key in keys)
                await contender.OnceAsync(keep, task: 0, key);
            witness.Turn = turn + 1;
        }
        while (witness.Turn < turns)
            await Task.Delay(1);
        WorkerLoop.Say(Wire.Measured);
        await WorkerLoop.HearAsync(Wire.Finish);
        return LoadScenario.Collect(run, new LoadScenario.Measured(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, null));
    }
}
