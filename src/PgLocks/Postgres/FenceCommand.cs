using System.Data;
using Npgsql;
using PgLocks.Local;

namespace PgLocks.Postgres;

/// <summary>Ties a transaction to a lease: a share lock on the slot's fence row, which the next owner's first fenced transaction must wait for.</summary>
internal static class FenceCommand
{
    internal static async ValueTask ExecuteAsync(int classId, KeyGate gate, Tenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteUncheckedAsync(classId, gate, tenure, transaction, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidTransactionState)
        {
            throw WrongIsolation(refused.MessageText);
        }
        catch (Exception failure) when (SqlStates.ToTransactionFailure(failure, gate.Key, isUndone: false) is { } typed)
        {
            throw typed;
        }
    }

    private static async Task ExecuteUncheckedAsync(int classId, KeyGate gate, Tenure tenure, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (transaction.IsolationLevel is not (IsolationLevel.ReadCommitted or IsolationLevel.Unspecified))
            throw WrongIsolation(transaction.IsolationLevel.ToString());
        if (tenure.IsLost)
            throw new LeaseLostException(gate.Key, "this process could no longer prove that it owns the slot");
        var command = new NpgsqlCommand(Sql.Fence, transaction.Connection, transaction)
        {
            Parameters = { new() { Value = classId }, new() { Value = gate.Slot }, new() { Value = tenure.Epoch } },
        };
        await using (command.ConfigureAwait(false))
        {
            long newest = (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
            if (newest > tenure.Epoch && !(tenure is TransactionTenure own && own.IsOwn(transaction, newest)))
                throw new LeaseLostException(gate.Key, $"another process gained slot {gate.Slot} since (epoch {newest}, this lease's is {tenure.Epoch})");
        }
        if (tenure.IsLost)
            throw new LeaseLostException(gate.Key, "it was lost while the transaction waited for its fence");
    }

    internal static PgLocksConfigurationException WrongIsolation(string found) =>
        new($"A lock and the data that it protects need a transaction in READ COMMITTED, but: {found}. A snapshot taken before the lock was granted shows stale rows.");
}
