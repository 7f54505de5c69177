using System.Diagnostics;
using Npgsql;

namespace PgLocks.Local;

/// <summary>The gate of one key: at most one lease at a time, the others in line. Owns no slot; enters one once the key is its own.</summary>
/// <remarks>
/// <code>
/// Free    → Held       any caller, one compare-and-swap
/// Held    → Free       the releasing holder, one compare-and-swap
/// Held    → Queued     a caller, under the queue's lock: from now on the key is handed over, never freed past a waiter
/// Queued  → Held       the releasing holder, under the lock, handing the key to the last in line
/// Queued  → Free       the releasing holder, under the lock, when the line has gone meanwhile
/// Free    → Evicted    the table's sweep, one compare-and-swap; final
/// </code>
/// The lease is named by its fencing token: whoever swaps it for zero is the one who releases.
/// What is written while the key is held (grant time, recorder) needs no lock of its own.
/// </remarks>
internal sealed class KeyGate : KeyLock
{
    private const int Free = 0;
    private const int Held = 1;
    private const int Queued = 2;
    private const int Evicted = 3;

    private readonly KeyTier _tier;
    private readonly SlotPort _slot;
    private readonly Lock _sync = new();
    private AcquireQueue? _queue;
    private KeySink? _sink;
    private long _token;
    private long _grantedAt;
    private long _waited;
    private WaitCauses _causes;
    private int _state;

    internal KeyGate(PositionKey key, KeyTier tier, SlotPort slot)
        : base(key)
    {
        _tier = tier;
        _slot = slot;
    }

    internal override int Slot => _slot.Number;

    internal override bool IsEvicted => Volatile.Read(ref _state) == Evicted;

    internal KeySink Sink => _sink ?? NewSink();

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

    internal override ValueTask<LockLease> AcquireAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        TimeSpan wait = timeout is { } given ? Timeouts.Checked(given) : _tier.DefaultTimeout;
        if (_tier.Order is { } order)
            return InOrder(order.Enter(this), AcquireUnchecked(wait, cancellationToken));
        return AcquireUnchecked(wait, cancellationToken);
    }

    private ValueTask<LockLease> AcquireUnchecked(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<LockLease>(cancellationToken);
        long now = _tier.Time.GetTimestamp();
        if (TryAcquireNow(now, out bool ownsKey, out LockLease lease))
            return new ValueTask<LockLease>(lease);
        return Wait(now, wait, isTry: false, ownsKey, cancellationToken)?.Lease ?? _tier.Find(Key).AcquireUnchecked(wait, cancellationToken);
    }

    private static async ValueTask<LockLease> InOrder(LockOrder.Held held, ValueTask<LockLease> lease) => held.Granted(await lease.ConfigureAwait(false));

    internal override ValueTask<LockLease?> TryAcquireAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        TimeSpan wait = Timeouts.Checked(timeout);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<LockLease?>(cancellationToken);
        long now = _tier.Time.GetTimestamp();
        if (TryAcquireNow(now, out bool ownsKey, out LockLease lease))
            return new ValueTask<LockLease?>(lease);
        return Wait(now, wait, isTry: true, ownsKey, cancellationToken)?.TryLease ?? _tier.Find(Key).TryAcquireAsync(timeout, cancellationToken);
    }

    /// <summary>Acquires the key alone, for a caller who locks the slot by other means and then calls <see cref="Complete"/>.</summary>
    internal ValueTask<LockLease> AcquireKeyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<LockLease>(cancellationToken);
        long now = _tier.Time.GetTimestamp();
        if (Interlocked.CompareExchange(ref _state, Held, Free) == Free)
            return new ValueTask<LockLease>(Grant(KeyOnlyTenure.Instance, KeyOnlyTenure.Token, now, waited: 0, WaitCauses.None));
        return Wait(now, timeout, isTry: false, ownsKey: false, cancellationToken, isKeyOnly: true)?.Lease ?? _tier.Find(Key).AcquireKeyAsync(timeout, cancellationToken);
    }

    /// <summary>Turns a lease on the key alone into one on key and slot.</summary>
    internal LockLease Complete(Tenure tenure, long fencingToken, long startedAt)
    {
        long now = _tier.Time.GetTimestamp();
        return Grant(tenure, fencingToken, now, now - startedAt, _causes);
    }

    internal override void Release(Tenure tenure, long fencingToken)
    {
        if (Interlocked.CompareExchange(ref _token, 0, fencingToken) != fencingToken)
            return;
        long now = _tier.Time.GetTimestamp();
        Sink.Released(_waited, now - _grantedAt, _causes, tenure.IsLost);
        HandOver(now);
        tenure.Exit();
    }

    internal override ValueTask FenceAsync(Tenure tenure, long fencingToken, NpgsqlTransaction transaction, CancellationToken cancellationToken) => IsHeldWith(fencingToken)
        ? _tier.FenceAsync(this, tenure, transaction, cancellationToken)
        : throw new LeaseLostException(Key, "it was released");

    internal bool IsHeldWith(long fencingToken) => Volatile.Read(ref _token) == fencingToken;

    /// <summary>Makes the caller that owns the key its holder.</summary>
    internal LockLease Grant(Tenure tenure, long fencingToken, long now, long waited, WaitCauses causes)
    {
        _grantedAt = now;
        _waited = waited;
        _causes = causes;
        Volatile.Write(ref _token, fencingToken);
        return new LockLease(this, tenure, fencingToken);
    }

    /// <summary>Called by the one who ended the wait without a lease.</summary>
    internal void Abandon(PendingAcquire pending, bool ownsKey, bool timedOut)
    {
        long now = _tier.Time.GetTimestamp();
        if (timedOut)
            Sink.TimedOut(now - pending.StartedAt, pending.Causes);
        if (ownsKey)
        {
            _slot.Remove(pending);
            HandOver(now);
            return;
        }
        lock (_sync)
            _queue!.Remove(pending);
    }

    internal LockTimeoutException TimeoutOf(PendingAcquire pending)
    {
        TimeSpan waited = _tier.Time.GetElapsedTime(pending.StartedAt);
        (long token, long grantedAt) = Holder;
        LockHolder? holder = token == 0 ? _slot.ForeignHolder : new LockHolder(_tier.InstanceName, Key, _tier.Time.GetElapsedTime(grantedAt));
        return new LockTimeoutException(Key, Slot, waited, holder, holder is null ? _slot.LastFailure : null);
    }

    /// <summary>Shutdown: whoever waits for the key's holder need not wait any longer.</summary>
    internal void FailWaiters(Func<Exception> failure)
    {
        while (true)
        {
            PendingAcquire? pending;
            lock (_sync)
                pending = _queue?.TryTake();
            if (pending is null)
                return;
            pending.Fail(failure());
        }
    }

    /// <summary>Takes the gate out of service if nobody holds or wants it.</summary>
    internal bool TryEvict() => Interlocked.CompareExchange(ref _state, Evicted, Free) == Free;

    private bool TryAcquireNow(long now, out bool ownsKey, out LockLease lease)
    {
        ownsKey = Interlocked.CompareExchange(ref _state, Held, Free) == Free;
        if (ownsKey && _slot.TryEnter(now, out Tenure? tenure, out long token))
        {
            lease = Grant(tenure!, token, now, waited: 0, WaitCauses.None);
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
            switch (Enqueue(pending))
            {
                case Evicted:
                    return null;
                case Free:
                    pending.Causes = WaitCauses.None;
                    ownsKey = true;
                    break;
                case Queued when pending.TriesOnce:
                    pending.TimeOut();
                    return pending;
            }
        }
        if (ownsKey && pending.TryTakeKey())
            EnterSlot(pending, now);
        pending.Arm(_tier.Time);
        return pending;
    }

    /// <summary>Returns what the gate was found to be: Free (the caller has it now), Queued (the caller stands in line) or Evicted.</summary>
    private int Enqueue(PendingAcquire pending)
    {
        lock (_sync)
        {
            while (true)
            {
                switch (Volatile.Read(ref _state))
                {
                    case Free when Interlocked.CompareExchange(ref _state, Held, Free) == Free:
                        return Free;
                    case Held when Interlocked.CompareExchange(ref _state, Queued, Held) == Held:
                    case Queued:
                        (_queue ??= new AcquireQueue()).Add(pending);
                        return Queued;
                    case Evicted:
                        return Evicted;
                }
            }
        }
    }

    private void HandOver(long now)
    {
        while (Interlocked.CompareExchange(ref _state, Free, Held) != Held)
        {
            PendingAcquire? next;
            lock (_sync)
            {
                Debug.Assert(_state == Queued, "only a held key is handed over");
                next = _queue!.TryTake();
                Volatile.Write(ref _state, next is null ? Free : _queue.IsEmpty ? Held : Queued);
            }
            if (next is null)
                return;
            if (next.TryTakeKey())
            {
                EnterSlot(next, now);
                return;
            }
        }
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
