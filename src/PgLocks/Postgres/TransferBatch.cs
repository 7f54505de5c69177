using Npgsql;
using NpgsqlTypes;

namespace PgLocks.Postgres;

/// <summary>One round trip of releases, tries and draws, in this order. Prepared once a session and shape, because it is all that an uncontended slot costs.</summary>
internal sealed class TransferBatch : IDisposable
{
    private readonly NpgsqlBatch _batch;
    private readonly SlotCommand? _releases;
    private readonly SlotCommand? _gains;
    private readonly SlotCommand? _draws;

    internal TransferBatch(NpgsqlConnection connection, Space space, bool releases, bool gains, bool draws)
    {
        _batch = new NpgsqlBatch(connection);
        _releases = releases ? new SlotCommand(_batch, Sql.Release, space) : null;
        _gains = gains ? new SlotCommand(_batch, Sql.TryGain, space) : null;
        _draws = draws ? new SlotCommand(_batch, Sql.DrawTwo, space) : null;
        _batch.Prepare();
    }

    /// <summary>The reader has one result for each of the lists that is not empty.</summary>
    internal NpgsqlDataReader Execute(List<int> releases, List<int> gains, List<int> draws)
    {
        _releases?.Set(releases);
        _gains?.Set(gains);
        _draws?.Set(draws);
        return _batch.ExecuteReader();
    }

    public void Dispose() => _batch.Dispose();

    /// <summary>A statement over slots and their sequences.</summary>
    private sealed class SlotCommand
    {
        private readonly Space _space;
        private readonly NpgsqlParameter<int[]>? _slots;
        private readonly NpgsqlParameter<uint[]> _sequences = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid, TypedValue = [] };

        internal SlotCommand(NpgsqlBatch batch, string sql, Space space)
        {
            _space = space;
            var command = new NpgsqlBatchCommand(sql);
            if (sql != Sql.DrawTwo)
            {
                _slots = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, TypedValue = [] };
                command.Parameters.Add(new NpgsqlParameter<int> { NpgsqlDbType = NpgsqlDbType.Integer, TypedValue = space.ClassId });
                command.Parameters.Add(_slots);
            }
            command.Parameters.Add(_sequences);
            batch.BatchCommands.Add(command);
        }

        internal void Set(List<int> slots)
        {
            var sequences = new uint[slots.Count];
            for (int i = 0; i < sequences.Length; i++)
                sequences[i] = _space.Sequences[slots[i]];
            _sequences.TypedValue = sequences;
            _slots?.TypedValue = [.. slots];
        }
    }
}
