using Npgsql;
using PgLocks.Telemetry;

namespace PgLocks.Registry;

/// <summary>Miners, pairs and keys: a row for each at first use, in batches, never in a caller's way.</summary>
internal sealed class KeyRegistry(NpgsqlDataSource pool, int classId, Guid instanceId) : IKeyIds
{
    /// <summary>Keys a statement: bounds its arrays and how long it keeps locks.</summary>
    private const int BatchSize = 5000;

    public async Task ResolveAsync(IReadOnlyCollection<KeyRecorder> recorders, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (KeyRecorder[] unknown in recorders.Where(recorder => recorder.Lock.RegistryId == 0).Chunk(BatchSize))
            await ResolveAsync(unknown, now, cancellationToken).ConfigureAwait(false);
        foreach (KeyRecorder[] waited in recorders.Where(recorder => recorder.HasWaitedForProcess).Chunk(BatchSize))
            await FindCollisionsAsync(waited, cancellationToken).ConfigureAwait(false);
    }

    private async Task FindCollisionsAsync(KeyRecorder[] recorders, CancellationToken cancellationToken)
    {
        HashSet<long> colliding = [];
        NpgsqlCommand command = pool.CreateCommand(RegistrySql.CollidingOnly);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new() { Value = recorders.Select(recorder => recorder.Lock.RegistryId).ToArray() });
            command.Parameters.Add(new() { Value = instanceId });
            NpgsqlDataReader keys = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (keys.ConfigureAwait(false))
            {
                while (await keys.ReadAsync(cancellationToken).ConfigureAwait(false))
                    colliding.Add(keys.GetInt64(0));
            }
        }
        foreach (KeyRecorder recorder in recorders)
            recorder.Lock.OthersUseOnlyOtherKeys = colliding.Contains(recorder.Lock.RegistryId);
    }

    private async Task ResolveAsync(KeyRecorder[] recorders, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string[] hotkeys = [.. recorders.Select(recorder => recorder.Key.MinerHotkey)];
        string[] pairs = [.. recorders.Select(recorder => recorder.Key.TradePairId)];
        int[] slots = [.. recorders.Select(recorder => recorder.Slot)];
        DateTime at = now.UtcDateTime;
        NpgsqlBatch batch = pool.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(new(RegistrySql.AddMiners) { Parameters = { new() { Value = hotkeys }, new() { Value = at } } });
            batch.BatchCommands.Add(new(RegistrySql.AddPairs) { Parameters = { new() { Value = pairs }, new() { Value = at } } });
            batch.BatchCommands.Add(new(RegistrySql.AddKeys)
            {
                Parameters = { new() { Value = classId }, new() { Value = hotkeys }, new() { Value = pairs }, new() { Value = slots }, new() { Value = at } },
            });
            batch.BatchCommands.Add(new(RegistrySql.AddUsers)
            {
                Parameters = { new() { Value = classId }, new() { Value = hotkeys }, new() { Value = pairs }, new() { Value = instanceId } },
            });
            batch.BatchCommands.Add(new(RegistrySql.KeyIds) { Parameters = { new() { Value = classId }, new() { Value = hotkeys }, new() { Value = pairs } } });
            NpgsqlDataReader ids = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (ids.ConfigureAwait(false))
            {
                for (int i = 0; i < recorders.Length && await ids.ReadAsync(cancellationToken).ConfigureAwait(false); i++)
                    recorders[i].Lock.RegistryId = ids.GetInt64(0);
            }
        }
    }
}
