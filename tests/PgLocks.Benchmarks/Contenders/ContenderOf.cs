using System.Diagnostics;
using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Contenders;

/// <summary>The loop that all contenders run, compiled for each one's own kind of hold, so that the loop itself allocates nothing.</summary>
internal abstract class ContenderOf<THold> : Contender
{
    protected abstract ValueTask<THold> AcquireAsync(int task, int key);

    protected abstract ValueTask ReleaseAsync(THold hold);

    internal sealed override async Task LoopAsync(LoadRun run, int task)
    {
        Recorder recorder = run.Recorders[task];
        Dice dice = run.DiceOf(task);
        long owner = run.OwnerOf(task);
        long before = Stopwatch.GetTimestamp();
        while (run.Phase != Phase.Stopped)
        {
            int key = run.Next(dice);
            ValueTask<THold> acquire = AcquireAsync(task, key);
            int standsFor = recorder.Weigh(waits: !acquire.IsCompleted);
            THold hold = await acquire;
            long granted = standsFor == 0 ? before : Stopwatch.GetTimestamp();
            run.Witness.Enter(key, owner);
            run.Work(granted);
            run.Witness.Leave(key, owner);
            await ReleaseAsync(hold);
            int phase = run.Phase;
            if (standsFor == 0)
            {
                recorder.Count(phase);
                if (recorder.IsTimedNext)
                    before = Stopwatch.GetTimestamp();
                continue;
            }
            long after = Stopwatch.GetTimestamp();
            recorder.Record(phase, granted - before, after - granted, standsFor);
            if (phase == Phase.Stopped)
                recorder.CutOff(Math.Min(granted, run.StoppedAt) - before);
            before = after;
        }
    }

    internal sealed override async Task OnceAsync(LoadRun run, int task, int key)
    {
        long before = Stopwatch.GetTimestamp();
        THold hold = await AcquireAsync(task, key);
        long granted = Stopwatch.GetTimestamp();
        run.Witness.Enter(key, run.OwnerOf(task));
        run.Witness.Leave(key, run.OwnerOf(task));
        await ReleaseAsync(hold);
        run.Recorders[task].Record(run.Phase, granted - before, Stopwatch.GetTimestamp() - granted, standsFor: 1);
    }
}
