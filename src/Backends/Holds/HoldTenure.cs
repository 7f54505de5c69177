namespace PgLocks.Backends.Holds;

/// <summary>A hold as leases see it: released when the last of them ends.</summary>
internal sealed class HoldTenure(Hold hold, Action<Hold> release) : Tenure(hold.Epoch)
{
    private int _leases = 1;

    internal Hold Hold => hold;

    internal override bool IsLost => hold.IsLost;

    internal override CancellationToken LostToken => hold.LostToken;

    /// <summary>Counts one more lease in; false once the hold is being released.</summary>
    internal bool TryEnter()
    {
        int leases = Volatile.Read(ref _leases);
        while (leases > 0)
        {
            int seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases)
                return true;
            leases = seen;
        }
        return false;
    }

    internal override void Exit()
    {
        if (Interlocked.Decrement(ref _leases) == 0)
            release(hold);
    }
}
