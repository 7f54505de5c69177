using Npgsql;

namespace PgLocks.Postgres;

/// <summary>Statements in the caller's transaction, each call one round trip, and what undoes them.</summary>
internal readonly struct TransactionCommands(NpgsqlTransaction transaction, CancellationToken cancellationToken)
{
    /// <summary>A server that answers at all ends a wait in time by itself; one that does not within this time more is given up, and the connection with it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    internal CancellationToken CancellationToken => cancellationToken;

    /// <summary>The statement's value; in a savepoint, so that a failure is undone.</summary>
    internal async Task<object?> ExecuteInSavepointAsync(TimeSpan limit, NpgsqlBatchCommand command)
    {
        try
        {
            return await ExecuteAsync(limit, cancellationToken, new(Sql.Savepoint), command, new(Sql.ReleaseSavepoint)).ConfigureAwait(false);
        }
        // A cancellation that has no cause of its own came before the driver sent anything.
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException { InnerException: not null })
        {
            await UndoAsync(failure).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The same without the savepoint.</summary>
    internal Task<object?> ExecuteAsync(TimeSpan limit, NpgsqlBatchCommand command) => ExecuteAsync(limit, cancellationToken, command);

    /// <summary>A savepoint for several calls.</summary>
    internal Task SaveAsync() => ExecuteAsync(Grace, CancellationToken.None, new NpgsqlBatchCommand(Sql.Savepoint));

    internal Task ReleaseAsync() => ExecuteAsync(Grace, CancellationToken.None, new NpgsqlBatchCommand(Sql.ReleaseSavepoint));

    /// <summary>Back to the savepoint.</summary>
    internal Task UndoAsync() => ExecuteAsync(Grace, CancellationToken.None, new NpgsqlBatchCommand(Sql.RollbackToSavepoint), new NpgsqlBatchCommand(Sql.ReleaseSavepoint));

    /// <summary>Back to the savepoint, unless the transaction had failed before it was made.</summary>
    internal Task UndoAsync(Exception failure) => SqlStates.IsFailedTransaction(failure) ? Task.CompletedTask : UndoAsync();

    private async Task<object?> ExecuteAsync(TimeSpan limit, CancellationToken cancellation, params NpgsqlBatchCommand[] commands)
    {
        var batch = new NpgsqlBatch(transaction.Connection, transaction) { Timeout = Seconds(limit) };
        await using (batch.ConfigureAwait(false))
        {
            foreach (NpgsqlBatchCommand command in commands)
                batch.BatchCommands.Add(command);
            object? value = null;
            NpgsqlDataReader rows = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                do
                {
                    if (await rows.ReadAsync(cancellation).ConfigureAwait(false))
                        value = rows.GetValue(0);
                }
                while (await rows.NextResultAsync(cancellation).ConfigureAwait(false));
            }
            return value;
        }
    }

    private static int Seconds(TimeSpan limit) => limit == Timeout.InfiniteTimeSpan ? 0 : (int)Math.Ceiling((limit > TimeSpan.Zero ? limit + Grace : Grace).TotalSeconds);
}
