using Npgsql;

namespace PgLocks.Migrations;

/// <summary>One-statement queries.</summary>
internal static class NpgsqlQueries
{
    public static async Task<object?> ScalarAsync(
        this NpgsqlConnection connection, string sql, object? parameter = null, CancellationToken cancellationToken = default)
    {
        var rows = await connection.RowsAsync(sql, parameter, cancellationToken).ConfigureAwait(false);
        return rows is [[var value, ..], ..] && value is not DBNull ? value : null;
    }

    public static async Task<IReadOnlyList<object[]>> RowsAsync(
        this NpgsqlConnection connection, string sql, object? parameter = null, CancellationToken cancellationToken = default)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            if (parameter is not null)
                command.Parameters.Add(new() { Value = parameter });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                List<object[]> rows = [];
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var row = new object[reader.FieldCount];
                    reader.GetValues(row);
                    rows.Add(row);
                }

                return rows;
            }
        }
    }
}
