namespace PgLocks.Benchmarks.Ideas;

/// <summary>One way to lock, taken apart into its stages.</summary>
internal abstract class Idea : IAsyncDisposable
{
    /// <summary>The lock of a key that was seen before; null when it has to be created first.</summary>
    internal abstract ValueTask<object?> LookUpAsync(PositionKey key);

    internal abstract ValueTask<object> CreateAsync(PositionKey key);

    internal abstract ValueTask<object> AcquireAsync(object found);

    /// <summary>Completes when the release was carried out, where that can be known.</summary>
    internal abstract ValueTask ReleaseAsync(object hold);

    public abstract ValueTask DisposeAsync();

    internal static async Task<Idea> StartAsync(string name, IdeaTargets targets) =>
        name == IdeaName.OldWay ? await OldWayIdea.StartAsync(targets.Socket) : await ProviderIdea.StartAsync(name, targets);
}
