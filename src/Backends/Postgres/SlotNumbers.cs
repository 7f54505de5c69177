using Npgsql;
using NpgsqlTypes;
using PgLocks.Postgres;

namespace PgLocks.Backends.Postgres;

/// <summary>Draws of a slot's sequence on an ordinary pool, for locks that are held by somebody else's sessions.</summary>
internal sealed class SlotNumbers : IAsyncDisposable
{
    private readonly NpgsqlDataSource _pool;
    private readonly Space _space;
    private readonly TimeSpan _lockDelay;

    internal SlotNumbers(PostgresBackendOptions options, Space space)
    {
        _space = space;
        _lockDelay = options.LockDelay;
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString) { ApplicationName = "pglocks:numbers", Enlist = false, Multiplexing = false };
        var pool = new NpgsqlDataSourceBuilder(connection.ConnectionString);
        pool.UsePhysicalConnectionInitializer(Recheck, opened => Task.Run(() => Recheck(opened)));
        _pool = pool.Build();
    }

    /// <summary>The number of a slot that is locked already; negative where the last owner died, and whether the server is younger than the lock delay.</summary>
    internal async ValueTask<(long Number, bool IsServerYoung)> DrawGainAsync(int slot)
    {
        NpgsqlCommand command = _pool.CreateCommand(BackendSql.DrawGain);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(Sequence(slot));
            command.Parameters.Add(new() { Value = _lockDelay.TotalSeconds });
            NpgsqlDataReader row = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                await row.ReadAsync().ConfigureAwait(false);
                return (row.GetInt64(0), row.GetBoolean(1));
            }
        }
    }

    /// <summary>To be called before the lock is released. A lock that was lost unseen is another's by now, and so are the slot's numbers: nothing is drawn then.</summary>
    internal async ValueTask DrawReleaseAsync(int slot, long drawnAtGain)
    {
        NpgsqlCommand command = _pool.CreateCommand(BackendSql.DrawRelease);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(Sequence(slot));
            command.Parameters.Add(new() { Value = drawnAtGain });
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private void Recheck(NpgsqlConnection opened) => SpaceReader.Recheck(opened, _space, ServerInfo.Read(opened));

    private NpgsqlParameter Sequence(int slot) => new() { Value = _space.Sequences[slot], NpgsqlDbType = NpgsqlDbType.Oid };
}
