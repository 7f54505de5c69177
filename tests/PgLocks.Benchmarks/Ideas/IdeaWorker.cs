using PgLocks.Backends;
using PgLocks.Benchmarks.Worker;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>The processes of a comparison of ideas: workers, and the coordinator of locks. Each ends with its input.</summary>
internal static class IdeaWorker
{
    internal static async Task<int> WorkAsync()
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            IdeaResult result;
            try
            {
                IdeaSpec spec = Wire.Content<IdeaSpec>(Wire.Run, line);
                result = spec.ContendedSeconds > 0 ? await IdeaRun.ContendedAsync(spec, TogetherAsync) : await IdeaRun.AloneAsync(spec);
            }
            catch (Exception failure)
            {
                result = new IdeaResult { Error = failure.ToString() };
            }
            WorkerLoop.Say(Wire.Line(Wire.Done, result));
        }
        return 0;
    }

    internal static async Task<int> CoordinateAsync(string socket)
    {
        await using LockCoordinator coordinator = LockCoordinator.Start(new LockCoordinatorOptions { SocketPath = socket });
        WorkerLoop.Say(Wire.Ready);
        await Console.In.ReadLineAsync();
        return 0;
    }

    private static async Task TogetherAsync()
    {
        WorkerLoop.Say(Wire.Ready);
        await WorkerLoop.HearAsync(Wire.Go);
    }
}
