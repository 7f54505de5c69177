using PgLocks.Benchmarks.Load;
using PgLocks.Benchmarks.Worker;

namespace PgLocks.Benchmarks.Compare;

/// <summary>
/// Gains and releases every slot once without the lock delay. After workers that were killed while they owned slots the next run would
/// otherwise measure lock delays, which are right but no throughput.
/// </summary>
internal static class CleanSlots
{
    internal static async Task RunAsync(string connectionString)
    {
        foreach (string space in new[] { "default", RunSpec.LargeSpace })
        {
            var options = new PgLocksOptions { ConnectionString = connectionString, Space = space, UnfencedDelay = false, AcquireTimeout = TimeSpan.FromSeconds(30) };
            await using PgLockProvider provider = await PgLockProvider.StartAsync(options);
            await Parallel.ForEachAsync(KeySet.All(), async (key, end) => (await provider.AcquireAsync(KeySet.Key(key), cancellationToken: end)).Dispose());
        }
    }
}
