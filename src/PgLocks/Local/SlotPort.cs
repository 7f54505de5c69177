namespace PgLocks.Local;

/// <summary>What the key tier needs of the slot below it.</summary>
internal abstract class SlotPort(int number)
{
    internal int Number { get; } = number;

    /// <summary>Counts a lease in if the slot is owned, admits and its session is proven alive at <paramref name="now"/>. No I/O.</summary>
    internal abstract bool TryEnter(long now, out Tenure? tenure, out long fencingToken);

    /// <summary>Queues a caller whose key is granted already, and sees to it that the slot is gained.</summary>
    internal abstract void Enqueue(PendingAcquire pending);

    /// <summary>Begins to gain the slot for a caller that is about to want it. Only a hint.</summary>
    internal virtual void GainAhead()
    {
    }

    /// <summary>Takes a caller out of the queue whose wait has ended.</summary>
    internal abstract void Remove(PendingAcquire pending);

    /// <summary>Why the last try to gain the slot failed, if the server could not be asked; for messages.</summary>
    internal abstract Exception? LastFailure { get; }

    /// <summary>Who owned the slot when it was last looked at; for messages.</summary>
    internal abstract LockHolder? ForeignHolder { get; }
}
