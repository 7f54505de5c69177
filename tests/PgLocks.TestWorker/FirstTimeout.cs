using System.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace PgLocks.TestWorker;

/// <summary>How many methods are compiled on the way from the timer to the end of the first wait that times out.</summary>
internal static class FirstTimeout
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(string connection)
    {
        var time = new CompilerWatch(Timeout);
        await using var provider = await PgLockProvider.StartAsync(new PgLocksOptions { ConnectionString = connection }, NullLoggerFactory.Instance, time, meters: null, CancellationToken.None);
        using var held = await provider.AcquireAsync(Counting.Key);
        try
        {
            await provider.AcquireAsync(Counting.Key, Timeout);
        }
        catch (LockTimeoutException)
        {
            Console.WriteLine($"compiled: {await time.Compiled}");
        }
    }

    /// <summary>The real time; looks at what its thread compiles while the first timer of one length runs.</summary>
    private sealed class CompilerWatch(TimeSpan length) : TimeProvider
    {
        private readonly TaskCompletionSource<long> _compiled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<long> Compiled => _compiled.Task;

        public override long GetTimestamp() => System.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(dueTime == length ? Watched(callback) : callback, state, dueTime, period);

        private TimerCallback Watched(TimerCallback callback) => state =>
        {
            var before = JitInfo.GetCompiledMethodCount(currentThread: true);
            callback(state);
            _compiled.TrySetResult(JitInfo.GetCompiledMethodCount(currentThread: true) - before);
        };
    }
}
