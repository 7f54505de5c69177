namespace PgLocks.Benchmarks.Worker;

/// <summary>A worker process: carries out run after run until its coordinator is gone, so that later runs are compiled already.</summary>
internal static class WorkerLoop
{
    private const int SpareThreads = 4;

    internal static async Task<int> RunAsync()
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            RunResult result;
            RunSpec spec = Wire.Content<RunSpec>(Wire.Run, line);
            try
            {
                result = await RunOneAsync(spec);
            }
            catch (Exception failure)
            {
                result = new RunResult { Error = failure.ToString() };
            }
            Say(Wire.Line(Wire.Done, result));
        }
        return 0;
    }

    internal static void Say(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }

    internal static async Task HearAsync(string word)
    {
        string? line = await Console.In.ReadLineAsync();
        if (line != word)
            throw new InvalidDataException($"'{word}' was expected, but '{line}' came");
    }

    private static Task<RunResult> RunOneAsync(RunSpec spec)
    {
        // A loop over kept slots never leaves its thread: the pool must have one for every task from the start. Not many more: idle ones wake up all at
        // once after 20 s, and then spin for a quarter of a second.
        ThreadPool.SetMinThreads(spec.Tasks + SpareThreads, SpareThreads);
        return spec.Scenario switch
        {
            Scenarios.Gain => GainProbe.RunAsync(spec),
            Scenarios.HandOver => HandOverProbe.RunAsync(spec),
            Scenarios.Kept => KeptProbe.RunAsync(spec),
            Scenarios.Memory => MemoryProbe.RunAsync(spec),
            _ => LoadScenario.RunAsync(spec),
        };
    }
}
