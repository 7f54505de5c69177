using Npgsql;

namespace PgLocks.Postgres;

/// <summary>A slot owned by the caller's own transaction: it ends with the transaction, so nothing can be lost before the data is lost too.</summary>
internal sealed class TransactionTenure(long epoch, NpgsqlTransaction transaction, EpochRun run) : Tenure(epoch)
{
    /// <summary>Whether a newer epoch is the transaction's own: of another key of the slot that it locked later, with nobody in between.</summary>
    internal bool IsOwn(NpgsqlTransaction other, long newer) => ReferenceEquals(transaction, other) && run.Reaches(newer);

    internal override bool IsLost => false;

    internal override CancellationToken LostToken => CancellationToken.None;

    internal override void Exit()
    {
    }
}
