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
    private readonly NpgsqlCommand _try;
    private readonly NpgsqlCommand _wait;
    private readonly NpgsqlParameter<string> _request = new() { TypedValue = "" };
    private readonly NpgsqlParameter<int>[] _slots = [new() { TypedValue = 0 }, new() { TypedValue = 0 }];
    private readonly NpgsqlParameter<uint>[] _sequences = [Sequence(), Sequence()];

    internal WaitCommand(NpgsqlConnection connection, Space space)
    {
        _try = new NpgsqlCommand(Sql.TryOrAsk, connection)
        {
            Parameters = { _sequences[0], new NpgsqlParameter<int> { TypedValue = space.ClassId }, _slots[0], new NpgsqlParameter<string> { TypedValue = space.Channel }, _request },
        };
        _wait = new NpgsqlCommand(Sql.WaitAndDraw, connection)
        {
            CommandTimeout = (int)WaiterSession.LongestWait.TotalSeconds + 5,
            Parameters = { _sequences[1], new NpgsqlParameter<int> { TypedValue = space.ClassId }, _slots[1] },
        };
        _try.Prepare();
        _wait.Prepare();
    }

    /// <summary>The number drawn; null where another owns the slot, which is then asked for.</summary>
    internal long? TryOrAsk(int slot, uint sequence, string request)
    {
        (_slots[0].TypedValue, _sequences[0].TypedValue, _request.TypedValue) = (slot, sequence, request);
        return _try.ExecuteScalar() as long?;
    }

    /// <summary>The number drawn. Blocks, at most for <see cref="WaiterSession.LongestWait"/>.</summary>
    internal long Wait(int slot, uint sequence)
    {
        (_slots[1].TypedValue, _sequences[1].TypedValue) = (slot, sequence);
        return (long)_wait.ExecuteScalar()!;
    }

    public void Dispose()
    {
        _try.Dispose();
        _wait.Dispose();
    }

    private static NpgsqlParameter<uint> Sequence() => new() { NpgsqlDbType = NpgsqlDbType.Oid, TypedValue = 0 };
}
