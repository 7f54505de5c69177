using Npgsql;
using NpgsqlTypes;

namespace PgLocks.Postgres;

/// <summary>A yield request, then the wait for one slot in the server's line, with the draw once it is granted. Prepared once a session.</summary>
/// <remarks>
/// Not left to the driver to prepare: a wait can be cancelled in either statement, and one that was just being prepared then is one of which driver and
/// server know different things. Two round trips, as a notification is sent when its transaction ends, which must not be after the wait; a batch of both
/// would need the thread pool (see <see cref="TransferCommand"/>). Not sent with home's try, though that would save a round trip: another application's
/// commit can hold up every notification of the cluster, and then home and all that it owns.
/// </remarks>
internal sealed class WaitCommand : IDisposable
{
    private readonly NpgsqlCommand _ask;
    private readonly NpgsqlCommand _wait;
    private readonly NpgsqlParameter<string> _request = new() { TypedValue = "" };
    private readonly NpgsqlParameter<int> _slot = new() { TypedValue = 0 };
    private readonly NpgsqlParameter<uint> _sequence = new() { NpgsqlDbType = NpgsqlDbType.Oid, TypedValue = 0 };

    internal WaitCommand(NpgsqlConnection connection, Space space)
    {
        _ask = new NpgsqlCommand(Sql.Notify, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = space.Channel }, _request } };
        _wait = new NpgsqlCommand(Sql.WaitAndDraw, connection)
        {
            CommandTimeout = (int)WaiterSession.LongestWait.TotalSeconds + 5,
            Parameters = { _sequence, new NpgsqlParameter<int> { TypedValue = space.ClassId }, _slot },
        };
        _ask.Prepare();
        _wait.Prepare();
    }

    /// <summary>The number drawn. Blocks, at most for <see cref="WaiterSession.LongestWait"/>.</summary>
    internal long Execute(int slot, uint sequence, string request)
    {
        (_request.TypedValue, _slot.TypedValue, _sequence.TypedValue) = (request, slot, sequence);
        _ask.ExecuteNonQuery();
        return (long)_wait.ExecuteScalar()!;
    }

    public void Dispose()
    {
        _ask.Dispose();
        _wait.Dispose();
    }
}
