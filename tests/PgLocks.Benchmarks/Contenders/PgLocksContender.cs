using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Contenders;

/// <summary>PgLocks with telemetry and fencing tokens, as in production; one <see cref="PositionLock"/> a key.</summary>
internal sealed class PgLocksContender(string connectionString, Retention retention, string space) : ContenderOf<LockLease>
{
    internal const string ApplicationName = "bench";

    private readonly PositionLock[] _locks = new PositionLock[KeySet.Count];
    private PgLockProvider? _provider;

    internal PgLockProvider Provider => _provider!;

    internal override long? RoundTrips => _provider is { Instance.RoundTrips: var trips } ? trips.Transfers + trips.Waits + trips.Heartbeats : null;

    internal override async Task PrepareAsync(IReadOnlyList<int> keys, int tasks)
    {
        _provider = await PgLockProvider.StartAsync(new PgLocksOptions
        {
            ConnectionString = connectionString,
            Retention = retention,
            Space = space,
            AcquireTimeout = TimeSpan.FromMinutes(1),
            ApplicationName = ApplicationName,
        });
        foreach (int number in keys)
        {
            PositionKey key = KeySet.Key(number);
            _locks[number] = _provider.GetLock(key.MinerHotkey, key.TradePairId);
        }
    }

    protected override ValueTask<LockLease> AcquireAsync(int task, int key) => _locks[key].AcquireAsync();

    protected override ValueTask ReleaseAsync(LockLease hold) => hold.DisposeAsync();

    public override ValueTask DisposeAsync() => _provider?.DisposeAsync() ?? ValueTask.CompletedTask;
}
