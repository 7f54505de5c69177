using Npgsql;

namespace PgLocks.Postgres;

/// <summary>A slot owned by the caller's own transaction: it ends with the transaction, so nothing can be lost before the data is lost too.</summary>
internal sealed class TransactionTenure(long epoch, NpgsqlTransaction transaction) : Tenure(epoch)
{
    /// <summary>Whether the slot is this transaction's: then a newer epoch is of another key of the slot that it locked later.</summary>
    internal bool IsOf(NpgsqlTransaction other) => ReferenceEquals(transaction, other);

    internal override bool IsLost => false;

    internal override CancellationToken LostToken => CancellationToken.None;

    internal override void Exit()
    {
    }
}
