using PgLocks.Slots;

namespace PgLocks.Backends.Rollout;

/// <summary>What this process knows of the rollout, until when that is proven, and what it still has under earlier states. No I/O.</summary>
/// <remarks>Confirmations come from one thread; everything else from any.</remarks>
internal sealed class RolloutMember : IDisposable
{
    private readonly Lock _sync = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _leaseDuration;
    private readonly ITimer _deadline;
    private readonly List<StateUse> _earlier = [];
    private TaskCompletionSource _confirmed = NewSignal();
    private volatile RolloutEntry? _standing;

    internal RolloutMember(TimeProvider time, TimeSpan leaseDuration)
    {
        (_time, _leaseDuration) = (time, leaseDuration);
        _deadline = time.CreateTimer(static member => ((RolloutMember)member!).LoseIfOverdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes at the next confirmation.</summary>
    internal Task NextConfirmation => Volatile.Read(ref _confirmed).Task;

    /// <summary>The oldest generation of which something is left; <see langword="null"/> before the first confirmation.</summary>
    internal long? Acknowledged
    {
        get
        {
            lock (_sync)
            {
                _earlier.RemoveAll(use => use.Left == 0);
                return (_earlier.Count > 0 ? _earlier[0] : _standing?.Use)?.State.Generation;
            }
        }
    }

    /// <summary>Leases and waits of earlier generations.</summary>
    internal int LeftBehind
    {
        get
        {
            lock (_sync)
                return _earlier.Sum(use => use.Left);
        }
    }

    /// <summary>Whether no lease and no wait is left at all.</summary>
    internal bool IsIdle => LeftBehind == 0 && _standing is not { Use.Left: > 1 };

    /// <summary>Counts a caller into the current state, if that is proven to be current. Whoever got an entry owes its end.</summary>
    internal RolloutEntry? TryEnter()
    {
        while (_standing is { } standing && standing.IsProvenAt(_time.GetTimestamp()))
        {
            if (standing.Use.TryEnter())
                return standing;
        }
        return null;
    }

    /// <summary>The server has told the state, and that it counts this process, in answer to what was sent at <paramref name="sentAt"/>.</summary>
    /// <returns>False when the answer came too late to prove anything.</returns>
    internal bool Confirm(SessionLease session, RolloutState state, long sentAt)
    {
        if (!session.TryRenew(sentAt + Ticks(_leaseDuration), _time.GetTimestamp()))
            return false;
        lock (_sync)
        {
            StateUse? before = _standing?.Use;
            if (before?.State == state)
            {
                if (_standing!.Session != session)
                    _standing = new RolloutEntry(session, before);
            }
            else
            {
                _standing = new RolloutEntry(session, new StateUse(state));
                if (before is not null)
                {
                    _earlier.Add(before);
                    before.Exit();
                }
            }
        }
        _deadline.Change(_leaseDuration, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _confirmed, NewSignal()).SetResult();
        return true;
    }

    public void Dispose() => _deadline.Dispose();

    /// <summary>Grants compare with the clock themselves; this tells the holders.</summary>
    private void LoseIfOverdue()
    {
        if (_standing is not { Session: { IsLost: false } session })
            return;
        long left = session.Deadline - _time.GetTimestamp();
        if (left <= 0)
            session.TryLose("the state of the rollout was not confirmed within LeaseDuration");
        else
            _deadline.Change(TimeSpan.FromSeconds((double)left / _time.TimestampFrequency) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The state to act on, and the session that proves it.</summary>
internal sealed record RolloutEntry(SessionLease Session, StateUse Use)
{
    internal RolloutState State => Use.State;

    internal bool IsProvenAt(long now) => Session.IsProvenAt(now);
}
