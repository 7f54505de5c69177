namespace PgLocks.Local;

/// <summary>Stands for the slot in a lease on a key alone, until the slot is locked by other means. Never seen by users.</summary>
internal sealed class KeyOnlyTenure : Tenure
{
    /// <summary>No slot's token: those are positive.</summary>
    internal const long Token = -1;

    internal static readonly KeyOnlyTenure Instance = new();

    private KeyOnlyTenure()
        : base(epoch: 0)
    {
    }

    internal override bool IsLost => false;

    internal override CancellationToken LostToken => CancellationToken.None;

    internal override void Exit()
    {
    }
}
