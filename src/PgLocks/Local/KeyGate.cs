using Npgsql;

namespace PgLocks.Local;

/// <summary>The gate of one key: at most one lease at a time, the others in line. Owns no slot; enters one once the key is its own.</summary>
/// <remarks>
/// The lease is named by its fencing token: whoever swaps it for zero is the one who releases.
/// What is written while the key is held (grant time, recorder) needs no lock of its own.
/// </remarks>
internal sealed class KeyGate : KeyLine
{
    private readonly KeyTier _tier;
    private readonly SlotPort _slot;
    private KeySink? _sink;
    private long _token;
    private long _grantedAt;
    private EndedWait? _wait;

    internal KeyGate(PositionKey key, KeyTier tier, SlotPort slot)
        : base(key)
    {
        _tier = tier;
        _slot = slot;
    }

    internal override int Slot => _slot.Number;

    internal KeySink Sink => _sink ?? NewSink();

    /// <summary>The recorder, if anything was recorded lately.</summary>
    internal KeySink? RecentSink => _sink;

    /// <summary>Intervals without use; counted by the sweep.</summary>
    internal int IdleIntervals { get; set; }

    /// <summary>The lease that holds the key now, for reports: its token (zero: none) and when it was granted.</summary>
    internal (long Token, long GrantedAt) Holder
    {
        get
        {
            long token = Volatile.Read(ref _token);
            long grantedAt = Volatile.Read(ref _grantedAt);
            return token == Volatile.Read(ref _token) ? (token, grantedAt) : (0, 0);
        }
    }

    /// <summary>Callers that wait, for the key or with the key for its slot; for reports.</summary>
    internal int Waiters => InLine + (IsTaken && Volatile.Read(ref _token) == 0 ? 1 : 0);

    internal override ValueTask<LockLease> AcquireAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        TimeSpan wait = timeout is { } given ? Timeouts.Checked(given) : _tier.DefaultTimeout;
        if (_tier.Order is { } order)
            return InOrder(order.Enter(this), AcquireUnchecked(wait, cancellationToken));
        return AcquireUnchecked(wait, cancellationToken);
    }

    internal override ValueTask<LockLease?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        TimeSpan wait = Timeouts.Checked(timeout);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<LockLease?>(cancellationToken);
        long now = _tier.Time.GetTimestamp();
        if (TryAcquireNow(now, out bool ownsKey, out LockLease lease))
            return new ValueTask<LockLease?>(lease);
        return Wait(now, wait, isTry: true, ownsKey, cancellationToken) is { } pending
            ? _tier.Sink.IsWatching ? _tier.Sink.Watch(pending, pending.TryLease) : pending.TryLease
            : _tier.Find(Key).TryAcquireAsync(timeout, cancellationToken);
    }

    /// <summary>Acquires the key alone, for a caller who locks the slot by other means and then calls <see cref="Complete"/>.</summary>
    internal ValueTask<LockLease> AcquireKeyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<LockLease>(cancellationToken);
        long now = _tier.Time.GetTimestamp();
        if (TryTakeFree())
            return new ValueTask<LockLease>(Grant(KeyOnlyTenure.Instance, KeyOnlyTenure.Token, now, wait: null));
        return Wait(now, timeout, isTry: false, ownsKey: false, cancellationToken, isKeyOnly: true)?.Lease ?? _tier.Find(Key).AcquireKeyAsync(timeout, cancellationToken);
    }

    /// <summary>Turns a lease on the key alone into one on key and slot.</summary>
    /// <param name="tenure">The slot's.</param>
    /// <param name="fencingToken">The lease's.</param>
    /// <param name="startedAt">When the caller began to wait for the key.</param>
    /// <param name="wasOwned">Whether another owned the slot.</param>
    internal LockLease Complete(Tenure tenure, long fencingToken, long startedAt, bool wasOwned)
    {
        long now = _tier.Time.GetTimestamp();
        var clock = new WaitClock(startedAt);
        clock.WaitFor(wasOwned ? WaitPart.Owner : WaitPart.Server, startedAt + (_wait?.Waited ?? 0));
        clock.Stop(now);
        WaitCauses causes = (_wait?.Causes ?? WaitCauses.None) | (wasOwned ? WaitCauses.Process : WaitCauses.None);
        return Grant(tenure, fencingToken, now, new EndedWait(causes, now - startedAt, clock));
    }

    /// <summary>Gives back a lease on the key alone whose slot could not be locked: nobody was granted anything.</summary>
    /// <param name="startedAt">When the caller began to wait for the key.</param>
    /// <param name="timedOut">Whether its time was over.</param>
    internal void GiveUp(long startedAt, bool timedOut)
    {
        if (Interlocked.CompareExchange(ref _token, 0, KeyOnlyTenure.Token) != KeyOnlyTenure.Token)
            return;
        long now = _tier.Time.GetTimestamp();
        if (timedOut)
            Sink.TimedOut(now - startedAt);
        _wait = null;
        HandOver(now);
    }

    internal override void Anticipate() => _slot.GainAhead();

    internal override void Release(Tenure tenure, long fencingToken)
    {
        if (Interlocked.CompareExchange(ref _token, 0, fencingToken) != fencingToken)
            return;
        long now = _tier.Time.GetTimestamp();
        Sink.Released(now - _grantedAt, _wait, tenure.IsLost);
        _wait = null;
        HandOver(now);
        tenure.Exit();
    }

    internal override ValueTask FenceAsync(Tenure tenure, long fencingToken, NpgsqlTransaction transaction, CancellationToken cancellationToken) => IsHeldWith(fencingToken)
        ? _tier.FenceAsync(this, tenure, transaction, cancellationToken)
        : ValueTask.FromException(new LeaseLostException(Key, "it was released"));

    internal bool IsHeldWith(long fencingToken) => Volatile.Read(ref _token) == fencingToken;

    /// <summary>Makes the caller that owns the key its holder.</summary>
    internal LockLease Grant(Tenure tenure, long fencingToken, long now, EndedWait? wait)
    {
        _grantedAt = now;
        _wait = wait;
        Volatile.Write(ref _token, fencingToken);
        return new LockLease(this, tenure, fencingToken);
    }

    /// <summary>Called by the one who ended the wait without a lease.</summary>
    internal void Abandon(PendingAcquire pending, bool ownsKey, bool timedOut)
    {
        long now = _tier.Time.GetTimestamp();
        if (timedOut)
            Sink.TimedOut(now - pending.StartedAt);
        if (!ownsKey)
        {
            Leave(pending);
            return;
        }
        _slot.Remove(pending);
        HandOver(now);
    }

    internal LockTimeoutException TimeoutOf(PendingAcquire pending)
    {
        TimeSpan waited = _tier.Time.GetElapsedTime(pending.StartedAt);
        (long token, long grantedAt) = Holder;
        LockHolder? holder = token == 0 ? _slot.ForeignHolder : new LockHolder(_tier.InstanceName, Key, _tier.Time.GetElapsedTime(grantedAt));
        return new LockTimeoutException(Key, Slot, waited, holder, holder is null ? _slot.LastFailure : null);
    }

    private ValueTask<LockLease> AcquireUnchecked(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<LockLease>(cancellationToken);
        long now = _tier.Time.GetTimestamp();
        if (TryAcquireNow(now, out bool ownsKey, out LockLease lease))
            return new ValueTask<LockLease>(lease);
        return Wait(now, wait, isTry: false, ownsKey, cancellationToken) is { } pending
            ? _tier.Sink.IsWatching ? _tier.Sink.Watch(pending, pending.Lease) : pending.Lease
            : _tier.Find(Key).AcquireUnchecked(wait, cancellationToken);
    }

    private static async ValueTask<LockLease> InOrder(LockOrder.Held held, ValueTask<LockLease> lease) => held.Granted(await lease.ConfigureAwait(false));

    /// <summary>Lets go of the recorder of a key that nobody holds; it takes the key for that moment, because only a holder may write there.</summary>
    internal bool TryForgetSink()
    {
        if (!TryTakeFree())
            return false;
        _sink = null;
        HandOver(_tier.Time.GetTimestamp());
        return true;
    }

    private bool TryAcquireNow(long now, out bool ownsKey, out LockLease lease)
    {
        ownsKey = TryTakeFree();
        if (ownsKey && _slot.TryEnter(now, out Tenure? tenure, out long token))
        {
            lease = Grant(tenure!, token, now, wait: null);
            return true;
        }
        lease = default;
        return false;
    }

    /// <summary>The slow path. Null when this gate was evicted under the caller.</summary>
    private PendingAcquire? Wait(long now, TimeSpan timeout, bool isTry, bool ownsKey, CancellationToken cancellationToken, bool isKeyOnly = false)
    {
        var pending = new PendingAcquire(this, now, timeout, isTry, cancellationToken) { IsKeyOnly = isKeyOnly };
        if (!ownsKey)
        {
            pending.Causes = WaitCauses.Key;
            switch (Join(pending))
            {
                case Joined.Nothing:
                    return null;
                case Joined.Key:
                    pending.Causes = WaitCauses.None;
                    ownsKey = true;
                    break;
                case Joined.Line when pending.TriesOnce:
                    pending.TimeOut();
                    return pending;
                case Joined.Closed:
                    pending.Fail(_tier.Refusal(Key));
                    return pending;
            }
        }
        if (ownsKey && pending.TryTakeKey())
            EnterSlot(pending, now);
        pending.Arm(_tier.Time);
        return pending;
    }

    private void HandOver(long now)
    {
        if (PassOn() is { } next)
            EnterSlot(next, now);
    }

    private KeySink NewSink() => Interlocked.CompareExchange(ref _sink, _tier.Sink.ForKey(this), null) ?? _sink!;

    private void EnterSlot(PendingAcquire pending, long now)
    {
        if (pending.IsKeyOnly)
            pending.TryGrant(KeyOnlyTenure.Instance, KeyOnlyTenure.Token, now);
        else if (!_slot.TryEnter(now, out Tenure? tenure, out long token))
            _slot.Enqueue(pending);
        else if (!pending.TryGrant(tenure!, token, now))
            tenure!.Exit();
    }
}
