using Dapper;
using Npgsql;
using NpgsqlTypes;
using PgLocks.AdminTool.Seeding;

namespace PgLocks.AdminTool.Queries;

/// <summary>Writes made-up figures.</summary>
internal static class SeedQueries
{
    private const string Application = "pglocks-seed";

    private const string Copy = """
        COPY pglocks.lock_stats (interval_start, interval_ms, key_id, instance_id, acquired, timed_out, lost, contended_key, contended_slot, contended_process,
          wait_key_ns, wait_yield_ns, wait_process_ns, wait_slot_ns, wait_session_ns, wait_server_ns,
          wait_sum_ns, wait_max_ns, wait_buckets, wait_counts, hold_sum_ns, hold_max_ns, hold_buckets, hold_counts) FROM STDIN (FORMAT binary)
        """;

    /// <summary>Whether real processes have ever used the space.</summary>
    public static Task<bool> IsUsedAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        connection.OneAsync<bool>(
            "SELECT EXISTS (SELECT FROM pglocks.instances WHERE class_id = @ClassId AND application <> @Application)", new { space.ClassId, Application }, cancellationToken);

    public static Task<IReadOnlyList<long>> KeysAsync(NpgsqlConnection connection, Space space, int keys, CancellationToken cancellationToken) =>
        connection.ListAsync<long>(
            """
            INSERT INTO pglocks.miners (hotkey) SELECT format('seed-%s', n) FROM generate_series(0, (@keys - 1) / 50) AS n ON CONFLICT DO NOTHING;
            INSERT INTO pglocks.trade_pairs (trade_pair_id) SELECT format('SEED%s', n) FROM generate_series(0, 49) AS n ON CONFLICT DO NOTHING;
            INSERT INTO pglocks.position_keys (class_id, miner_id, trade_pair_id, slot, first_seen_at, last_seen_at)
            SELECT @ClassId, m.miner_id, format('SEED%s', n % 50), pglocks.slot_of(m.hotkey, format('SEED%s', n % 50), @Name), now(), now()
            FROM generate_series(0, @keys - 1) AS n JOIN pglocks.miners m ON m.hotkey = format('seed-%s', n / 50)
            ON CONFLICT DO NOTHING;
            SELECT k.key_id FROM generate_series(0, @keys - 1) AS n
            JOIN pglocks.miners m ON m.hotkey = format('seed-%s', n / 50)
            JOIN pglocks.position_keys k ON k.class_id = @ClassId AND k.miner_id = m.miner_id AND k.trade_pair_id = format('SEED%s', n % 50)
            ORDER BY n
            """,
            new { space.ClassId, space.Name, keys }, cancellationToken);

    public static Task<IReadOnlyList<Guid>> InstancesAsync(NpgsqlConnection connection, Space space, SeedPlan plan, CancellationToken cancellationToken) =>
        connection.ListAsync<Guid>(
            """
            INSERT INTO pglocks.instances (instance_id, class_id, application, host, pid, version, started_at, last_seen_at, closed_at, long_hold_ms)
            SELECT gen_random_uuid(), @ClassId, @Application, 'seed', n, 'seed', @Start, @End, @End, 1000 FROM generate_series(1, @Instances) AS n
            RETURNING instance_id
            """,
            new { space.ClassId, Application, plan.Start, plan.End, plan.Instances }, cancellationToken);

    /// <summary>From now on their rows count.</summary>
    public static async Task FinishAsync(NpgsqlConnection connection, SeedPlan plan, IReadOnlyList<Guid> instances, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE pglocks.instances SET written_to = @End WHERE instance_id = ANY (@instances)", new { plan.End, instances = instances.ToArray() }, cancellationToken: cancellationToken));

    public static async Task CopyAsync(
        NpgsqlConnection connection, SeedPlan plan, DateTime start, IReadOnlyList<long> keys, IReadOnlyList<Guid> instances, CancellationToken cancellationToken)
    {
        var random = plan.RandomOf(start);
        await using var copy = await connection.BeginBinaryImportAsync(Copy, cancellationToken);
        for (var key = 0; key < keys.Count; key++)
        {
            var interval = new SeededInterval(random, key);
            var (waits, holds) = (interval.Waits, interval.Holds);
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(start, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync((int)plan.Interval.TotalMilliseconds, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(keys[key], NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(instances[random.Next(instances.Count)], NpgsqlDbType.Uuid, cancellationToken);
            foreach (var count in (long[])[interval.Acquired, 0, 0, .. interval.Contended, .. interval.Parts, interval.WaitSum, interval.WaitMax])
                await copy.WriteAsync(count, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(waits.Buckets, NpgsqlDbType.Array | NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(waits.Counts, NpgsqlDbType.Array | NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(interval.HoldSum, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(interval.HoldMax, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(holds.Buckets, NpgsqlDbType.Array | NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(holds.Counts, NpgsqlDbType.Array | NpgsqlDbType.Bigint, cancellationToken);
        }
        await copy.CompleteAsync(cancellationToken);
    }
}
