using Medallion.Threading.Redis;
using PgLocks.Benchmarks.Load;
using StackExchange.Redis;

namespace PgLocks.Benchmarks.Contenders;

/// <summary>DistributedLock.Redis with its defaults, one multiplexer a process, one lock object a key, against one server without persistence.</summary>
internal sealed class MedallionRedisContender(string configuration) : ContenderOf<RedisDistributedLockHandle>
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly RedisDistributedLock[] _locks = new RedisDistributedLock[KeySet.Count];
    private ConnectionMultiplexer? _connection;

    internal override long? RoundTrips => _connection?.OperationCount;

    internal override async Task PrepareAsync(IReadOnlyList<int> keys, int tasks)
    {
        _connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        IDatabase database = _connection.GetDatabase();
        foreach (int number in keys)
            _locks[number] = new RedisDistributedLock(KeySet.Key(number).ToString(), database);
    }

    protected override ValueTask<RedisDistributedLockHandle> AcquireAsync(int task, int key) => _locks[key].AcquireAsync(Longest);

    protected override ValueTask ReleaseAsync(RedisDistributedLockHandle hold) => hold.DisposeAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }
}
