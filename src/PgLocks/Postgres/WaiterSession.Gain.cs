using PgLocks.Slots;

namespace PgLocks.Postgres;

/// <content>How it comes by a slot: a try that asks for it where another owns it, then the wait in line.</content>
internal sealed partial class WaiterSession
{
    private bool TryGain(int slot, bool isBlocked)
    {
        TimeSpan backoff = Backoff.First;
        long? sentAt = null;
        while (!IsClosing)
        {
            try
            {
                LockSession session = _session ??= LockSession.Open(_context, "waiter");
                sentAt ??= _context.Time.GetTimestamp();
                long? answer = Send(session, slot, () => session.TryOrAsk(slot, _pool.RequestFor(slot)));
                if (answer is null && !isBlocked)
                {
                    if (!GoesOn(slot, sentAt.Value, ref isBlocked))
                        return false;
                    sentAt = _context.Time.GetTimestamp();
                }
                answer ??= Send(session, slot, () => session.WaitFor(slot));
                if (answer is not { } number)
                {
                    if (GoesOn(slot, sentAt.Value, ref isBlocked))
                        continue;
                    return false;
                }
                Watch(session.Lease);
                _events.Gained(slot, session.Lease, Math.Abs(number), unclean: number < 0, sentAt.Value);
                return true;
            }
            catch (Exception failure) when (LockSession.IsFailure(failure))
            {
                Drop(failure);
                _events.Unreachable(slot, failure);
                if (!IsClosing && !GoesOn(slot, sentAt ?? 0, ref isBlocked))
                    return false;
                lock (_sync)
                {
                    if (!_closing)
                        Monitor.Wait(_sync, backoff);
                }
                backoff = Backoff.Next(backoff);
            }
        }
        return false;
    }

    /// <summary>It was not granted. False when nobody wants it any more.</summary>
    private bool GoesOn(int slot, long sentAt, ref bool isBlocked)
    {
        if (!_events.Blocked(slot, sentAt))
            return false;
        if (!isBlocked)
            _pool.BeginRequests(slot);
        return isBlocked = true;
    }

    /// <summary>The number drawn, or null when another owns the slot, or the longest wait ended without a grant.</summary>
    private long? Send(LockSession session, int slot, Func<long?> statement)
    {
        long sentAt = _context.Time.GetTimestamp();
        long? number;
        try
        {
            number = statement();
            if (number is null)
                return null;
        }
        catch (Exception ended) when (SqlStates.IsEndOfWait(ended))
        {
            // A grant can race the end of the wait (DistributedLock#147): ask what this session really holds.
            if (!session.Holds(slot))
                return null;
            number = session.DrawGain(slot);
        }
        if (!session.TryRenew(sentAt))
            session.BeginLease();
        return number;
    }

    /// <summary>Once a lease, which mostly outlives the tenures under it.</summary>
    private void Watch(SessionLease lease)
    {
        if (_watched != lease)
            DeadlineWatch.Start(_context, _events, _watched = lease);
    }
}
