using Npgsql;
using PgLocks.Backends.Holds;
using PgLocks.Local;

namespace PgLocks.Backends.Coordinator;

/// <summary>Holds in a coordinator's dictionaries, over one link or over sixteen.</summary>
internal sealed class CoordinatorSource(string path, CoordinatorFlow flow) : IHoldSource
{
    private readonly CoordinatorLink?[] _links = new CoordinatorLink?[flow == CoordinatorFlow.OneDictionary ? 1 : 16];
    private readonly SemaphoreSlim _connecting = new(1, 1);

    public bool IsPool => false;

    internal async ValueTask ConnectAsync(CancellationToken cancellationToken) => await LinkAsync(0, cancellationToken).ConfigureAwait(false);

    public async ValueTask<Hold?> AcquireAsync(LockName name, bool once, CancellationToken cancellationToken)
    {
        CoordinatorLink link = await LinkAsync(name.Slot % _links.Length, cancellationToken).ConfigureAwait(false);
        string key = name.Key!;
        if (flow == CoordinatorFlow.OneDictionary && await link.AskAsync(link.NewId(), Verb.Look, key, cancellationToken).ConfigureAwait(false) == 0)
            await link.AskAsync(link.NewId(), Verb.Create, key, cancellationToken).ConfigureAwait(false);
        long id = link.NewId();
        try
        {
            long number = await link.AskAsync(id, once ? Verb.Try : Verb.Acquire, key, cancellationToken).ConfigureAwait(false);
            return number == 0 ? null : new CoordinatorHold(link, id, number);
        }
        catch (OperationCanceledException)
        {
            // It may have been granted meanwhile: the end of the seat releases it then.
            await link.AskAsync(id, Verb.End, "", CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask FenceAsync(KeyGate gate, HoldTenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        Unfenced.Refuse("a lock coordinator", "the database knows nothing of it");

    public async ValueTask DisposeAsync()
    {
        foreach (CoordinatorLink? link in _links)
        {
            if (link is not null)
                await link.DisposeAsync().ConfigureAwait(false);
        }
        _connecting.Dispose();
    }

    private async ValueTask<CoordinatorLink> LinkAsync(int index, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _links[index]) is { Broken.IsCancellationRequested: false } live)
            return live;
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_links[index] is { Broken.IsCancellationRequested: false } opened)
                return opened;
            CoordinatorLink link = await CoordinatorLink.OpenAsync(path, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _links[index], link);
            return link;
        }
        finally
        {
            _connecting.Release();
        }
    }

    private sealed class CoordinatorHold(CoordinatorLink link, long id, long number) : Hold(number)
    {
        protected override CancellationToken Watched() => link.Broken;

        protected override async ValueTask ReleaseCoreAsync()
        {
            if (!link.Broken.IsCancellationRequested)
                await link.AskAsync(id, Verb.End, "", CancellationToken.None).ConfigureAwait(false);
        }
    }
}
