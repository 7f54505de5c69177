namespace PgLocks.FaultTests.Traffic;

/// <summary>What is done under one lease, as the unfenced witness sees it: it begins only with a lease that stands, and ends at its loss.</summary>
internal sealed class Section(Journal journal, Witness witness, int key, LockLease lease, long id)
{
    private int _hasLeft;

    internal long Id => id;

    internal bool IsLost => lease.LostToken.IsCancellationRequested;

    internal bool TryEnter()
    {
        if (IsLost)
            return false;
        var met = witness.Enter(key, id);
        journal.Write(Happening.Entered, key, lease.FencingToken, id, met);
        return true;
    }

    internal void Leave(string why)
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) != 0)
            return;
        witness.Leave(key, id);
        journal.Write(Happening.Left, key, lease.FencingToken, id, text: why);
    }
}
