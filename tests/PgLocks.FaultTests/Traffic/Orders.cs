using System.Globalization;

namespace PgLocks.FaultTests.Traffic;

/// <summary>What a worker is told while it runs: loads that only its own process can put on itself, and the end.</summary>
internal sealed class Orders(Sections sections, int seed)
{
    internal const string Stop = "stop";
    internal const string Idle = "idle";
    internal const string Starve = "starve";
    internal const string Collect = "collect";
    internal const string Storm = "storm";

    private const int Blockers = 200;
    private const int Impatient = 12;

    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The load ordered last; loads are ordered one after the other.</summary>
    internal Task LastLoad { get; private set; } = Task.CompletedTask;

    /// <summary>Completes when it is told to stop.</summary>
    internal Task Stopped => _stopped.Task;

    /// <summary>Until it is told to stop, or nobody is left to tell it.</summary>
    internal void Obey(CancellationTokenSource idle)
    {
        while (Console.In.ReadLine() is { } line && line != Stop)
        {
            if (line == Idle)
            {
                idle.Cancel();
                continue;
            }
            var words = line.Split(' ');
            var length = int.Parse(words[1], CultureInfo.InvariantCulture);
            switch (words[0])
            {
                case Starve:
                    BlockThreadPool(TimeSpan.FromMilliseconds(length));
                    break;
                case Collect:
                    for (var i = 0; i < length; i++)
                        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    break;
                case Storm:
                    LastLoad = StormAsync(TimeSpan.FromMilliseconds(length));
                    LastLoad.Wait();
                    break;
            }
            Console.WriteLine($"obeyed {words[0]}");
        }
        idle.Cancel();
        _stopped.SetResult();
    }

    private static void BlockThreadPool(TimeSpan length)
    {
        using var over = new ManualResetEventSlim();
        using var left = new CountdownEvent(Blockers);
        for (var i = 0; i < Blockers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    over.Wait();
                    left.Signal();
                },
                null);
        }
        using var never = new ManualResetEventSlim();
        never.Wait(length);
        over.Set();
        left.Wait();
    }

    private Task StormAsync(TimeSpan length) => Task.WhenAll(Enumerable.Range(0, Impatient).Select(number => Task.Run(async () =>
    {
        var random = new Random(seed + number);
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < length)
        {
            var patience = TimeSpan.FromMilliseconds(random.Next(1, 6));
            using var cancelled = new CancellationTokenSource(number % 2 == 0 ? patience : Timeout.InfiniteTimeSpan, TimeProvider.System);
            await sections.RunAsync(
                random.Next(TrafficKeys.Shared), number % 2 == 0 ? TimeSpan.FromSeconds(5) : patience, static async _ => await Task.Yield(), cancelled.Token);
        }
    })));
}
