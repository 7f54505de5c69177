using System.Numerics;
using Npgsql;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Schema;

/// <summary>Writes keys and intervals as the library's telemetry does.</summary>
internal sealed class StatsData(TestDatabase database)
{
    private bool _hasInstances;

    /// <summary>Of the interval with offset 0; a minute ago, in whole seconds.</summary>
    public DateTime Start { get; } = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60).UtcTicks, DateTimeKind.Utc);

    public IReadOnlyList<Guid> Instances { get; } = [Guid.NewGuid(), Guid.NewGuid()];

    public async Task<long> KeyAsync(string hotkey, string pair, int slot = 0)
    {
        await database.ExecuteAsync("INSERT INTO pglocks.miners (hotkey) VALUES ($1) ON CONFLICT DO NOTHING", hotkey);
        await database.ExecuteAsync("INSERT INTO pglocks.trade_pairs (trade_pair_id) VALUES ($1) ON CONFLICT DO NOTHING", pair);
        return await database.ScalarAsync<long>(
            "INSERT INTO pglocks.position_keys (class_id, miner_id, trade_pair_id, slot, first_seen_at, last_seen_at)"
            + " SELECT 1346849792, miner_id, $2, $3, now(), now() FROM pglocks.miners WHERE hotkey = $1 RETURNING key_id", hotkey, pair, slot);
    }

    public async Task AddAsync(long key, Guid instance, int offsetSeconds, long[] waits, long[] holds, long timedOut = 0, long contendedSlot = 0)
    {
        await AddInstancesAsync();
        var (waitBuckets, waitCounts) = Sparse(waits);
        var (holdBuckets, holdCounts) = Sparse(holds);
        var sum = waits.Sum();
        await database.ExecuteAsync(
            """
            INSERT INTO pglocks.lock_stats VALUES (
                $1, 1000, $2, $3, $4, $5, 0, $6, 0, 0, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
            """,
            [
                Start.AddSeconds(offsetSeconds), key, instance, (long)waits.Length, timedOut, contendedSlot,
                .. Parts(sum).Cast<object>(), sum, waits.DefaultIfEmpty(0).Max(), waitBuckets, waitCounts,
                holds.Sum(), holds.DefaultIfEmpty(0).Max(), holdBuckets, holdCounts,
            ]);
    }

    /// <summary>A wait, taken apart into six different parts: own key, yield, other process, other key, session, server.</summary>
    public static long[] Parts(long sum)
    {
        long[] parts = [.. Enumerable.Range(1, 5).Select(n => sum * n / 32)];
        return [.. parts, sum - parts.Sum()];
    }

    /// <summary>Calls <c>pglocks.maintain</c> until nothing is left to do; what it did.</summary>
    public static async Task<IReadOnlyList<string>> MaintainAsync(TestDatabase database)
    {
        List<string> steps = [];
        while (await database.ScalarAsync<string?>("SELECT pglocks.maintain()") is { } step)
            steps.Add(step);
        return steps;
    }

    /// <summary>The only row, by column.</summary>
    public async Task<IReadOnlyDictionary<string, object>> RowAsync(string from)
    {
        await using var session = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"SELECT * FROM {from}", session);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken), $"a row of {from}");
        var row = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetValue);
        Assert.False(await reader.ReadAsync(TestContext.Current.CancellationToken), $"one row of {from}");
        return row;
    }

    private static (short[] Buckets, long[] Counts) Sparse(long[] values)
    {
        var buckets = values.GroupBy(Bucket).OrderBy(group => group.Key).ToList();
        return ([.. buckets.Select(group => group.Key)], [.. buckets.Select(group => (long)group.Count())]);
    }

    private static short Bucket(long value)
    {
        var exponent = BitOperations.Log2((ulong)value);
        return value < 16 ? (short)value : (short)(((exponent - 3) * 16) + (int)((value >> (exponent - 4)) & 15));
    }

    private async Task AddInstancesAsync()
    {
        if (_hasInstances)
            return;
        _hasInstances = true;
        for (var n = 0; n < Instances.Count; n++)
            await database.ExecuteAsync(
                "INSERT INTO pglocks.instances (instance_id, class_id, application, host, pid, version, started_at, last_seen_at, written_to, long_hold_ms)"
                + " VALUES ($1, 1346849792, $2, 'host', $3, '1.0', now() - interval '100 days', now(), now(), 1000)",
                Instances[n], $"app-{n}", n);
    }
}
