using Medallion.Threading;

namespace PgLocks.Backends.DistributedLock;

internal sealed class NamedLockProvider(ILockProvider provider) : IDistributedLockProvider
{
    public IDistributedLock CreateLock(string name)
    {
        PositionKey key = NameKey.Of(name);
        return new NamedLock(name, provider.GetLock(key.MinerHotkey, key.TradePairId));
    }
}
