using Npgsql;

namespace PgLocks.Postgres;

/// <summary>Finds the space on the server, and refuses a schema or a pool that does not fit.</summary>
internal static class SpaceReader
{
    internal static Space Read(NpgsqlConnection connection, string name, ServerInfo server, long latestSchema)
    {
        CheckSchema(connection, latestSchema);
        (int classId, int poolSize, short hashVersion, _, long timeline) = ReadRow(connection, name);
        if (hashVersion != Space.HashVersion)
            throw new PgLocksConfigurationException($"Space '{name}' maps keys by hash version {hashVersion}; this PgLocks knows {Space.HashVersion}. Update the package.");
        if (!Keys.SlotMap.IsPoolSize(poolSize))
            throw new PgLocksConfigurationException($"Space '{name}' has a pool of {poolSize} slots, which is no power of two from 16 to 4,096. Set pglocks.spaces.pool_size back.");
        uint[] sequences = ReadSequences(connection, name, classId, poolSize);
        var space = new Space(name, classId, poolSize, sequences, server.SystemIdentifier);
        space.Timelines.Check(connection, timeline);
        return space;
    }

    /// <summary>
    /// For every session that is to own slots: the space must still be the one that the instance started with, on no older primary than it has met since, and
    /// after a failover or a recovery its sequences are moved ahead first, since they may have been rewound.
    /// </summary>
    /// <returns>The server's timeline.</returns>
    internal static long Recheck(NpgsqlConnection connection, Space space, ServerInfo server)
    {
        (int classId, int poolSize, _, bool isAdopted, long timeline) = ReadRow(connection, space.Name);
        if (classId != space.ClassId || poolSize != space.PoolSize || server.SystemIdentifier != space.SystemIdentifier)
            throw new PgLocksConfigurationException($"Space '{space.Name}' is another one than at start (class {classId}, {poolSize} slots, cluster {server.SystemIdentifier}). Restart the process.");
        space.Timelines.Check(connection, timeline);
        if (!isAdopted)
            Scalar(connection, Sql.AdoptServer, classId);
        return timeline;
    }

    private static void CheckSchema(NpgsqlConnection connection, long latest)
    {
        if (Scalar(connection, Sql.SchemaExists) is not true)
            throw new PgLocksConfigurationException($"Database '{connection.Database}' has no pglocks schema. Run 'pglocks migrate up', or set MigrateOnStart.");
        long version = Scalar(connection, Sql.SchemaVersion) is long found ? found : 0;
        if (version < latest)
            throw new PgLocksConfigurationException($"The pglocks schema is at version {version}, older than this PgLocks ({latest}). Run 'pglocks migrate up', or set MigrateOnStart.");
        if (version > latest)
            throw new PgLocksConfigurationException($"The pglocks schema is at version {version}, newer than this PgLocks ({latest}). Update the package.");
    }

    private static (int ClassId, int PoolSize, short HashVersion, bool IsAdopted, long Timeline) ReadRow(NpgsqlConnection connection, string name)
    {
        using var command = new NpgsqlCommand(Sql.Space, connection) { Parameters = { new() { Value = name } } };
        using (NpgsqlDataReader row = command.ExecuteReader())
        {
            if (row.Read())
                return (row.GetInt32(0), row.GetInt32(1), row.GetInt16(2), row.GetBoolean(3), row.GetInt64(4));
        }
        throw new PgLocksConfigurationException(
            $"Space '{name}' does not exist (there are: {Scalar(connection, Sql.SpaceNames)}). Correct Space, or create it with SELECT pglocks.create_space('{name.Replace("'", "''", StringComparison.Ordinal)}').");
    }

    private static uint[] ReadSequences(NpgsqlConnection connection, string name, int classId, int poolSize)
    {
        using var command = new NpgsqlCommand(Sql.Sequences, connection) { Parameters = { new() { Value = classId }, new() { Value = poolSize } } };
        using NpgsqlDataReader rows = command.ExecuteReader();
        var sequences = new uint[poolSize + 1];
        for (int slot = 0; rows.Read(); slot++)
        {
            sequences[slot] = !rows.IsDBNull(0)
                ? rows.GetFieldValue<uint>(0)
                : throw new PgLocksConfigurationException(
                    $"Space '{name}' says it has {poolSize} slots, but the sequence of slot {slot} is missing: the pool size was changed by hand. Set pglocks.spaces.pool_size back to what create_space made.");
        }
        return sequences;
    }

    private static object? Scalar(NpgsqlConnection connection, string sql, params object[] values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (object value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command.ExecuteScalar();
    }
}
