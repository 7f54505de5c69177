namespace PgLocks.Postgres;

/// <summary>A slot owned by the caller's own transaction: it ends with the transaction, so nothing can be lost before the data is lost too.</summary>
internal sealed class TransactionTenure(long epoch) : Tenure(epoch)
{
    internal override bool IsLost => false;

    internal override CancellationToken LostToken => CancellationToken.None;

    internal override void Exit()
    {
    }
}
