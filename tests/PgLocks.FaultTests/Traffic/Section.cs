using PgLocks.Slots;

namespace PgLocks.FaultTests.Traffic;

/// <summary>What is done under one lease, as the unfenced witness sees it: it begins only with a lease that stands, and ends at its loss.</summary>
/// <param name="journal">Of its process.</param>
/// <param name="witness">Of all processes.</param>
/// <param name="key">Index of the key.</param>
/// <param name="lease">On the key.</param>
/// <param name="id">Unlike that of any other section.</param>
/// <param name="session">That owns the slot; null if none of the instance's does.</param>
/// <param name="isInTransaction">Whether the slot is the caller's own transaction's.</param>
internal sealed class Section(Journal journal, Witness witness, int key, LockLease lease, long id, SessionLease? session, bool isInTransaction)
{
    private int _hasLeft;

    internal long Id => id;

    internal int Key => key;

    internal LockLease Lease => lease;

    internal bool IsLost => lease.LostToken.IsCancellationRequested;

    /// <summary>Until when its process may believe in the lease, as it stood at the last <see cref="NoteDeadline"/>.</summary>
    private long Deadline { get; set; } = session?.Deadline ?? long.MinValue;

    internal void NoteDeadline()
    {
        if (session is { IsLost: false })
            Deadline = session.Deadline;
    }

    /// <summary>Whether the deadline has passed, and no answer that came in time has moved it since it was noted.</summary>
    private bool IsOverdue(long now) => !isInTransaction && Deadline <= now && !(session is { IsLost: false } && session.Deadline > now);

    internal bool TryEnter()
    {
        if (IsLost)
            return false;
        var text = isInTransaction ? Happening.InTransaction : IsOverdue(TimeProvider.System.GetTimestamp()) ? Happening.Late : "";
        var met = witness.Enter(key, id);
        journal.Write(Happening.Entered, key, lease.FencingToken, id, met, text);
        return true;
    }

    internal void Leave(string why)
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) != 0)
            return;
        witness.Leave(key, id);
        journal.Write(Happening.Left, key, lease.FencingToken, id, Deadline, why);
    }

    /// <summary>The end of the transaction is about to release the key, if it is the transaction's.</summary>
    internal void LeaveTransaction()
    {
        if (isInTransaction)
            Leave(Happening.Done);
    }
}
