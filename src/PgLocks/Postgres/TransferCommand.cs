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

    internal TransferCommand(NpgsqlConnection connection, Space space, bool releases, bool gains, bool draws)
    {
        _space = space;
        _command = new NpgsqlCommand { Connection = connection, Parameters = { new NpgsqlParameter<int> { TypedValue = space.ClassId } } };
        List<string> parts = [];
        _releases = releases ? Add(Sql.Release) : null;
        _gains = gains ? Add(Sql.TryGain) : null;
        _draws = draws ? Add(Sql.DrawTwo) : null;
        _command.CommandText = string.Join(" UNION ALL ", parts);
        _command.Prepare();

        Part Add(Func<int, string> sql)
        {
            parts.Add(sql(_command.Parameters.Count + 1));
            var part = new Part();
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
    private sealed class Part
    {
        internal NpgsqlParameter<int[]> Slots { get; } = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, TypedValue = [] };

        internal NpgsqlParameter<uint[]> Sequences { get; } = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid, TypedValue = [] };

        internal void Set(List<int> slots, Space space)
        {
            var sequences = new uint[slots.Count];
            for (int i = 0; i < sequences.Length; i++)
                sequences[i] = space.Sequences[slots[i]];
            Sequences.TypedValue = sequences;
            Slots.TypedValue = [.. slots];
        }
    }
}
