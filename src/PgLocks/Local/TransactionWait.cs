namespace PgLocks.Local;

/// <summary>A wait for a key in this instance, and then for its slot on the caller's own connection.</summary>
internal sealed class TransactionWait(KeyLock keyLock, IWait? forKey, bool wasOwned, long waited) : IWait
{
    private readonly long _forKey = forKey?.Waited ?? 0;

    public KeyLock Lock => keyLock;

    public WaitCauses Causes => (forKey?.Causes ?? WaitCauses.None) | (wasOwned ? WaitCauses.Process : WaitCauses.None);

    public long Waited => waited;

    public long SpentOn(WaitPart part) => part switch
    {
        WaitPart.Key => _forKey,
        WaitPart.Owner when wasOwned => waited - _forKey,
        WaitPart.Server when !wasOwned => waited - _forKey,
        _ => 0,
    };
}
