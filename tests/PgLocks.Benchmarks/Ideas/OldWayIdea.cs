using PgLocks.Backends.Coordinator;

namespace PgLocks.Benchmarks.Ideas;

/// <summary>A dictionary of locks in another process: looking up, creating, acquiring and releasing are a round trip each.</summary>
internal sealed class OldWayIdea(CoordinatorLink link) : Idea
{
    internal static async Task<Idea> StartAsync(string socket) => new OldWayIdea(await CoordinatorLink.OpenAsync(socket, CancellationToken.None));

    internal override async ValueTask<object?> LookUpAsync(PositionKey key)
    {
        string name = key.ToString();
        return await AskAsync(link.NewId(), Verb.Look, name) == 1 ? name : null;
    }

    internal override async ValueTask<object> CreateAsync(PositionKey key)
    {
        string name = key.ToString();
        await AskAsync(link.NewId(), Verb.Create, name);
        return name;
    }

    internal override async ValueTask<object> AcquireAsync(object found)
    {
        long id = link.NewId();
        await AskAsync(id, Verb.Acquire, (string)found);
        return id;
    }

    internal override async ValueTask ReleaseAsync(object hold) => await AskAsync((long)hold, Verb.End, "");

    public override ValueTask DisposeAsync() => link.DisposeAsync();

    private Task<long> AskAsync(long id, Verb verb, string key) => link.AskAsync(id, verb, key, CancellationToken.None);
}
