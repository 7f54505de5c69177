using Npgsql;
using NpgsqlTypes;

namespace PgLocks.Postgres;

/// <summary>A yield request, the wait for one slot in the server's line, and the draw once it is granted. Prepared once a session.</summary>
/// <remarks>
/// Not left to the driver to prepare: a wait can be cancelled at any of its statements, and a statement that was just being prepared then is one of which
/// driver and server know different things.
/// </remarks>
internal sealed class WaitBatch : IDisposable
{
    private readonly NpgsqlBatch _batch;
    private readonly NpgsqlParameter<string> _request = new() { TypedValue = "" };
    private readonly NpgsqlParameter<int> _slot = new() { TypedValue = 0 };
    private readonly NpgsqlParameter<uint> _sequence = new() { NpgsqlDbType = NpgsqlDbType.Oid, TypedValue = 0 };

    internal WaitBatch(NpgsqlConnection connection, Space space)
    {
        _batch = new NpgsqlBatch(connection) { Timeout = (int)WaiterSession.LongestWait.TotalSeconds + 5 };
        _batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql.Notify)
        {
            AppendErrorBarrier = true, // a notification is sent when its transaction ends, which must not be after the wait
            Parameters = { new NpgsqlParameter<string> { TypedValue = space.Channel }, _request },
        });
        _batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql.WaitForLock) { Parameters = { new NpgsqlParameter<int> { TypedValue = space.ClassId }, _slot } });
        _batch.BatchCommands.Add(new NpgsqlBatchCommand(Sql.DrawGain) { Parameters = { _sequence } });
        _batch.Prepare();
    }

    /// <summary>The number drawn. Blocks, at most for <see cref="WaiterSession.LongestWait"/>.</summary>
    internal long Execute(int slot, uint sequence, string request)
    {
        (_request.TypedValue, _slot.TypedValue, _sequence.TypedValue) = (request, slot, sequence);
        using NpgsqlDataReader row = _batch.ExecuteReader();
        row.NextResult(); // past the request's
        row.NextResult(); // past the wait's
        row.Read();
        return row.GetInt64(0);
    }

    public void Dispose() => _batch.Dispose();
}
