using Medallion.Threading.Postgres;
using PgLocks.Benchmarks.Load;

namespace PgLocks.Benchmarks.Contenders;

/// <summary>DistributedLock.Postgres with its defaults (multiplexed), one lock object a key, its 64-bit key made from the name: no two keys on one lock.</summary>
internal sealed class MedallionPostgresContender(string connectionString) : ContenderOf<PostgresDistributedLockHandle>
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly PostgresDistributedLock[] _locks = new PostgresDistributedLock[KeySet.Count];

    internal override Task PrepareAsync(IReadOnlyList<int> keys, int tasks)
    {
        foreach (int number in keys)
            _locks[number] = new PostgresDistributedLock(new PostgresAdvisoryLockKey(KeySet.Key(number).ToString(), allowHashing: true), connectionString);
        return Task.CompletedTask;
    }

    protected override ValueTask<PostgresDistributedLockHandle> AcquireAsync(int task, int key) => _locks[key].AcquireAsync(Longest);

    protected override ValueTask ReleaseAsync(PostgresDistributedLockHandle hold) => hold.DisposeAsync();

    public override ValueTask DisposeAsync()
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        return ValueTask.CompletedTask;
    }
}
