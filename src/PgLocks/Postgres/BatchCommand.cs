using Npgsql;

namespace PgLocks.Postgres;

/// <summary>A statement of a batch with its parameters, given as values, or as parameters where the type of the value does not tell the server's.</summary>
internal static class BatchCommand
{
    internal static NpgsqlBatchCommand Of(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (object value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return command;
    }
}
