using System.Runtime.CompilerServices;
using Npgsql;

namespace PgLocks.Postgres;

/// <summary>The epochs of one slot that one transaction drew one after the other, with nobody's in between.</summary>
/// <remarks>
/// A rollback to a savepoint drops the lock, and another may gain the slot before the transaction locks it again. The driver also uses one transaction object
/// for one transaction after the other. Either way a number is skipped, and a new run begins.
/// </remarks>
internal sealed class EpochRun(long first)
{
    /// <summary>A lock in a transaction draws two numbers: its own, and that of its release.</summary>
    private const long Step = 2;

    private long _last = first;

    internal bool Reaches(long epoch) => epoch <= _last;

    private bool TryExtend(long epoch)
    {
        if (epoch != _last + Step)
            return false;
        _last = epoch;
        return true;
    }

    /// <summary>The runs of transactions, by slot; used by one thread at a time for each transaction, as the transaction itself.</summary>
    internal sealed class Table
    {
        private readonly ConditionalWeakTable<NpgsqlTransaction, Dictionary<int, EpochRun>> _runs = [];

        /// <summary>The run that an epoch belongs to that was drawn just now.</summary>
        internal EpochRun Add(NpgsqlTransaction transaction, int slot, long epoch)
        {
            Dictionary<int, EpochRun> runs = _runs.GetOrCreateValue(transaction);
            if (runs.TryGetValue(slot, out EpochRun? run) && run.TryExtend(epoch))
                return run;
            return runs[slot] = new EpochRun(epoch);
        }
    }
}
