using Npgsql;

namespace PgLocks.Tests.Backends.Rollout;

/// <summary>One backend that all processes of a model share: an exclusive lock a key. A wait is granted when the schedule says so, and then on the schedule's own stack.</summary>
internal sealed class ModelSide
{
    private readonly Dictionary<PositionKey, ModelLease> _held = [];

    public ILockProvider For(int process) => new Provider(this, process);

    /// <summary>Waits of a process that wants the key, the oldest first.</summary>
    public List<ModelWait> Waits { get; } = [];

    /// <summary>Whether a call waits where the key is held; else it fails at once.</summary>
    public bool Hangs { get; set; }

    /// <summary>Ends a wait: with the lease if the key is not held, else with none.</summary>
    public void End(ModelWait wait)
    {
        Waits.Remove(wait);
        wait.Result.SetResult(_held.ContainsKey(wait.Lock.Key) ? null : Grant(wait.Lock));
    }

    /// <summary>The process is gone, and its locks with it.</summary>
    public void Forget(int process)
    {
        Waits.RemoveAll(wait => wait.Lock.Process == process);
        foreach (var (key, _) in _held.Where(entry => entry.Value.Process == process).ToList())
            _held.Remove(key);
    }

    private LockLease Grant(ModelLock keyLock)
    {
        var lease = new ModelLease(keyLock.Process, this, keyLock.Key);
        _held.Add(keyLock.Key, lease);
        return new LockLease(keyLock, lease, 1);
    }

    private void Release(ModelLease lease)
    {
        if (_held.TryGetValue(lease.Key, out var held) && held == lease)
            _held.Remove(lease.Key);
    }

    private ValueTask<LockLease?> TryAcquire(ModelLock keyLock)
    {
        if (!_held.ContainsKey(keyLock.Key) && !Hangs)
            return new(Grant(keyLock));
        if (!Hangs)
            return new((LockLease?)null);
        var wait = new ModelWait(keyLock);
        Waits.Add(wait);
        return new(wait.Result.Task);
    }

    internal sealed class ModelLock(ModelSide side, int process, PositionKey key) : KeyLock(key)
    {
        public int Process => process;

        internal override int Slot => 0;

        internal override bool IsEvicted => false;

        internal override async ValueTask<LockLease> AcquireAsync(TimeSpan? timeout, CancellationToken cancellationToken) =>
            await side.TryAcquire(this) ?? throw new LockTimeoutException(Key, 0, TimeSpan.Zero, null, null);

        internal override ValueTask<LockLease?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken) => side.TryAcquire(this);

        internal override void Release(Tenure tenure, long fencingToken) => side.Release((ModelLease)tenure);

        internal override ValueTask FenceAsync(Tenure tenure, long fencingToken, NpgsqlTransaction transaction, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    internal sealed record ModelWait(ModelLock Lock)
    {
        public TaskCompletionSource<LockLease?> Result { get; } = new();
    }

    private sealed class ModelLease(int process, ModelSide side, PositionKey key) : Tenure(0)
    {
        public int Process => process;

        public PositionKey Key => key;

        internal override bool IsLost => false;

        internal override CancellationToken LostToken => CancellationToken.None;

        internal override void Exit() => side.Release(this);
    }

    private sealed class Provider(ModelSide side, int process) : ILockProvider, IKeyLocks
    {
        public PositionLock GetLock(string minerHotkey, string tradePairId) => new(this, Find(new PositionKey(minerHotkey, tradePairId)));

        public KeyLock Find(PositionKey key) => new ModelLock(side, process, key);

        public ValueTask<LockLease> AcquireAsync(PositionKey key, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
            Find(key).AcquireAsync(timeout, cancellationToken);

        public ValueTask<LockLease?> TryAcquireAsync(PositionKey key, TimeSpan timeout = default, CancellationToken cancellationToken = default) =>
            Find(key).TryAcquireAsync(timeout, cancellationToken);

        public async ValueTask<MultiLockLease> AcquireAllAsync(IReadOnlyCollection<PositionKey> keys, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        {
            List<LockLease> leases = [];
            foreach (var key in keys)
                leases.Add(await AcquireAsync(key, timeout, cancellationToken));
            return new MultiLockLease([.. leases]);
        }
    }
}
