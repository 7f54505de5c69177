using Npgsql;
using NpgsqlTypes;

namespace PgLocks.Postgres;

/// <summary>One round trip of releases, tries and draws, in this order. Prepared once a session and shape, because it is all that an uncontended slot costs.</summary>
/// <remarks>
/// One statement and not a batch of three: of a batch that is sent synchronously the driver hands all statements but the first to the thread pool, and a
/// session must not wait for that.
/// </remarks>
internal sealed class TransferCommand : IDisposable
{
    private readonly Space _space;
    private readonly NpgsqlCommand _command;
    private readonly Part? _releases;
    private readonly Part? _gains;
    private readonly Part? _draws;

    /// <param name="connection">The session's.</param>
    /// <param name="space">The space.</param>
    /// <param name="work">Which kinds of work it does.</param>
    internal TransferCommand(NpgsqlConnection connection, Space space, TransferWork work)
    {
        _space = space;
        _command = new NpgsqlCommand { Connection = connection, Parameters = { new NpgsqlParameter<int> { TypedValue = space.ClassId } } };
        List<string> parts = [];
        _releases = Add(TransferWork.Releases, Sql.Release);
        _gains = Add(TransferWork.Gains, Sql.TryGain);
        _draws = Add(TransferWork.Draws, Sql.DrawTwo);
        _command.CommandText = string.Join(" UNION ALL ", parts);
        _command.Prepare();

        Part? Add(TransferWork kind, Func<int, bool, string> sql)
        {
            if (!work.HasFlag(kind))
                return null;
            bool isOne = work.HasFlag(TransferWork.OneOfEach);
            parts.Add(sql(_command.Parameters.Count + 1, isOne));
            Part part = isOne ? new One() : new Many();
            _command.Parameters.Add(part.Slots);
            _command.Parameters.Add(part.Sequences);
            return part;
        }
    }

    /// <summary>The reader has a row for each member of each list, in their order.</summary>
    internal NpgsqlDataReader Execute(List<int> releases, List<int> gains, List<int> draws)
    {
        _releases?.Set(releases, _space);
        _gains?.Set(gains, _space);
        _draws?.Set(draws, _space);
        return _command.ExecuteReader();
    }

    public void Dispose() => _command.Dispose();

    /// <summary>The slots of one kind of work, with their sequences.</summary>
    private abstract class Part
    {
        internal abstract NpgsqlParameter Slots { get; }

        internal abstract NpgsqlParameter Sequences { get; }

        internal abstract void Set(List<int> slots, Space space);
    }

    /// <summary>One slot, as where there is nothing to gather: no arrays, and no function that the server has to unfold them with.</summary>
    private sealed class One : Part
    {
        private readonly NpgsqlParameter<int> _slot = new() { TypedValue = 0 };
        private readonly NpgsqlParameter<uint> _sequence = new() { NpgsqlDbType = NpgsqlDbType.Oid, TypedValue = 0 };

        internal override NpgsqlParameter Slots => _slot;

        internal override NpgsqlParameter Sequences => _sequence;

        internal override void Set(List<int> slots, Space space) => (_slot.TypedValue, _sequence.TypedValue) = (slots[0], space.Sequences[slots[0]]);
    }

    private sealed class Many : Part
    {
        private readonly NpgsqlParameter<int[]> _slots = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, TypedValue = [] };
        private readonly NpgsqlParameter<uint[]> _sequences = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid, TypedValue = [] };

        internal override NpgsqlParameter Slots => _slots;

        internal override NpgsqlParameter Sequences => _sequences;

        internal override void Set(List<int> slots, Space space)
        {
            var sequences = new uint[slots.Count];
            for (int i = 0; i < sequences.Length; i++)
                sequences[i] = space.Sequences[slots[i]];
            _sequences.TypedValue = sequences;
            _slots.TypedValue = [.. slots];
        }
    }
}

/// <summary>The shape of a <see cref="TransferCommand"/>: what it does, and to how many slots.</summary>
[Flags]
internal enum TransferWork
{
    None = 0,
    Releases = 1,
    Gains = 2,
    Draws = 4,

    /// <summary>At most one slot of each kind.</summary>
    OneOfEach = 8,
}
