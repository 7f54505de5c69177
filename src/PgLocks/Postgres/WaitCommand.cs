using Npgsql;
using NpgsqlTypes;

namespace PgLocks.Postgres;

/// <summary>One slot on a waiter session: a try that asks for it where another owns it, then the wait in the server's line; with the draw once it is granted. Prepared once a session.</summary>
/// <remarks>
/// Not left to the driver to prepare: a wait can be cancelled in either statement, and one that was just being prepared then is one of which driver and
/// server know different things. Two round trips, as a notification is sent when its transaction ends, which must not be after the wait; a batch of both
/// would need the thread pool (see <see cref="TransferCommand"/>). Home's tries do not ask, though that would save a round trip: another application's
/// commit can hold up every notification of the cluster, and then home and all that it owns.
/// </remarks>
internal sealed class WaitCommand : IDisposable
{
    private readonly Statement _try;
    private readonly Statement _wait;
    private readonly NpgsqlParameter<string> _request = new() { TypedValue = "" };

    internal WaitCommand(NpgsqlConnection connection, Space space)
    {
        _try = new Statement(Sql.TryOrAsk, connection, space);
        _try.Command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = space.Channel });
        _try.Command.Parameters.Add(_request);
        _wait = new Statement(Sql.WaitAndDraw, connection, space);
        _wait.Command.CommandTimeout = (int)WaiterSession.LongestWait.TotalSeconds + 5;
        _try.Command.Prepare();
        _wait.Command.Prepare();
    }

    /// <summary>The number drawn; null where another owns the slot, which is then asked for.</summary>
    internal long? TryOrAsk(int slot, string request)
    {
        _request.TypedValue = request;
        return _try.Execute(slot) as long?;
    }

    /// <summary>The number drawn. Blocks, at most for <see cref="WaiterSession.LongestWait"/>.</summary>
    internal long Wait(int slot) => (long)_wait.Execute(slot)!;

    public void Dispose()
    {
        _try.Command.Dispose();
        _wait.Command.Dispose();
    }

    /// <summary>A statement whose first parameters are the slot's sequence, the class and the slot.</summary>
    private sealed class Statement
    {
        private readonly Space _space;
        private readonly NpgsqlParameter<uint> _sequence = new() { NpgsqlDbType = NpgsqlDbType.Oid, TypedValue = 0 };
        private readonly NpgsqlParameter<int> _slot = new() { TypedValue = 0 };

        internal Statement(string sql, NpgsqlConnection connection, Space space)
        {
            _space = space;
            Command = new NpgsqlCommand(sql, connection) { Parameters = { _sequence, new NpgsqlParameter<int> { TypedValue = space.ClassId }, _slot } };
        }

        internal NpgsqlCommand Command { get; }

        internal object? Execute(int slot)
        {
            (_slot.TypedValue, _sequence.TypedValue) = (slot, _space.Sequences[slot]);
            return Command.ExecuteScalar();
        }
    }
}
