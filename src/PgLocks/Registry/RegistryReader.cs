using Npgsql;

namespace PgLocks.Registry;

/// <summary>Reads the registry, each time within a limit: whoever waits for the answer has one too.</summary>
internal sealed class RegistryReader(NpgsqlDataSource pool, TimeSpan limit, TimeProvider time)
{
    /// <summary>How often rows of the registry were changed.</summary>
    internal Task<long> ReadNumberAsync(CancellationToken cancellationToken) => WithinLimitAsync(
        async limited =>
        {
            NpgsqlCommand command = pool.CreateCommand(RegistrySql.Changes);
            await using (command.ConfigureAwait(false))
                return (long)(await command.ExecuteScalarAsync(limited).ConfigureAwait(false))!;
        },
        cancellationToken);

    /// <summary>All names. The count is read first, so that a change beside the reading is found by the next look.</summary>
    internal Task<RegisteredNames> ReadAsync(CancellationToken cancellationToken) => WithinLimitAsync(
        async limited =>
        {
            NpgsqlBatch batch = pool.CreateBatch();
            await using (batch.ConfigureAwait(false))
            {
                foreach (string sql in (string[])[RegistrySql.Changes, RegistrySql.Miners, RegistrySql.Pairs])
                    batch.BatchCommands.Add(new(sql));
                NpgsqlDataReader rows = await batch.ExecuteReaderAsync(limited).ConfigureAwait(false);
                await using (rows.ConfigureAwait(false))
                {
                    await rows.ReadAsync(limited).ConfigureAwait(false);
                    long number = rows.GetInt64(0);
                    Dictionary<string, bool> miners = await NextAsync(rows, limited).ConfigureAwait(false);
                    return new RegisteredNames(number, miners, await NextAsync(rows, limited).ConfigureAwait(false));
                }
            }
        },
        cancellationToken);

    private static async Task<Dictionary<string, bool>> NextAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        await rows.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var names = new Dictionary<string, bool>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            names.Add(rows.GetString(0), rows.GetBoolean(1));
        return names;
    }

    private async Task<T> WithinLimitAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await read(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the server did not answer within {limit.TotalSeconds:0.###} s");
        }
    }
}
