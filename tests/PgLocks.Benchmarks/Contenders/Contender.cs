using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Contenders;

/// <summary>A way to lock positions, made ready in one process.</summary>
internal abstract class Contender : IAsyncDisposable
{
    /// <summary>How often this process waited for its server, if the client counts that.</summary>
    internal virtual long? RoundTrips => null;

    /// <summary>Connects and resolves the locks of the keys that will be used.</summary>
    internal abstract Task PrepareAsync(IReadOnlyList<int> keys, int tasks);

    /// <summary>Acquires, enters, works, leaves, releases, until the run is stopped.</summary>
    internal abstract Task LoopAsync(LoadRun run, int task);

    /// <summary>One acquire and release, timed.</summary>
    internal abstract Task OnceAsync(LoadRun run, int task, int key);

    public abstract ValueTask DisposeAsync();
}
