using System.Threading.Tasks.Sources;

namespace PgLocks.Local;

/// <summary>One caller's wait for one key.</summary>
/// <remarks>
/// <code>
/// ForKey  → ForSlot   the thread that hands the key over (or the caller itself, if the key was free)
/// ForSlot → Done      the slot's grant: the caller becomes the holder
/// ForKey  → Done      timeout, cancellation, shutdown: the caller leaves the key's queue
/// ForSlot → Done      timeout, cancellation, shutdown: the caller leaves the slot's queue and hands the key over
/// </code>
/// Every arrow is one compare-and-swap; whoever wins it owes what stands beside it. Done is final.
/// </remarks>
internal sealed class PendingAcquire : IValueTaskSource<LockLease>, IValueTaskSource<LockLease?>, IWait
{
    private const int ForKey = 0;
    private const int ForSlot = 1;
    private const int Done = 2;

    private readonly KeyGate _gate;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellationToken;
    private ManualResetValueTaskSourceCore<LockLease?> _result = new() { RunContinuationsAsynchronously = true };
    private ITimer? _timer;
    private CancellationTokenRegistration _registration;
    private WaitClock _clock;
    private int _state;

    internal PendingAcquire(KeyGate gate, long startedAt, TimeSpan timeout, bool isTry, CancellationToken cancellationToken)
    {
        _gate = gate;
        StartedAt = startedAt;
        _clock = new WaitClock(startedAt);
        _timeout = timeout;
        IsTry = isTry;
        _cancellationToken = cancellationToken;
    }

    internal long StartedAt { get; }

    /// <summary>Whether the end of the time is a <see langword="null"/> lease and not an exception.</summary>
    internal bool IsTry { get; }

    /// <summary>Whether the caller wants the key and no slot.</summary>
    internal bool IsKeyOnly { get; init; }

    public KeyLock Lock => _gate;

    /// <summary>Zero tries once: the wait ends with the server's first answer.</summary>
    internal bool TriesOnce => _timeout == TimeSpan.Zero;

    public WaitCauses Causes { get; internal set; }

    internal bool IsDone => Volatile.Read(ref _state) == Done;

    internal AcquireQueue? Queue { get; set; }

    internal PendingAcquire? Previous { get; set; }

    internal PendingAcquire? Next { get; set; }

    internal ValueTask<LockLease> Lease => new(this, _result.Version);

    internal ValueTask<LockLease?> TryLease => new(this, _result.Version);

    /// <summary>From <paramref name="at"/> on it waits for this.</summary>
    internal void WaitFor(WaitPart part, long at) => _clock.WaitFor(part, at);

    internal bool TryTakeKey() => Interlocked.CompareExchange(ref _state, ForSlot, ForKey) == ForKey;

    /// <summary>The slot's grant; false when the wait has ended meanwhile.</summary>
    internal bool TryGrant(Tenure tenure, long fencingToken, long now)
    {
        if (Interlocked.CompareExchange(ref _state, Done, ForSlot) != ForSlot)
            return false;
        _clock.Stop(now);
        LockLease lease = _gate.Grant(tenure, fencingToken, now, new EndedWait(Causes, now - StartedAt, _clock));
        Disarm();
        _result.SetResult(lease);
        return true;
    }

    /// <summary>Starts the clock. The caller is queued already, so the wait may have ended before this returns.</summary>
    internal void Arm(TimeProvider time)
    {
        if (!TriesOnce && _timeout != Timeout.InfiniteTimeSpan)
            _timer = time.CreateTimer(static pending => ((PendingAcquire)pending!).TimeOut(), this, _timeout, Timeout.InfiniteTimeSpan);
        if (_cancellationToken.CanBeCanceled)
            _registration = _cancellationToken.UnsafeRegister(static pending => ((PendingAcquire)pending!).Cancel(), this);
        // Whoever ends the wait writes the state and reads these two; this writes them and reads the state. One of both must see the other.
        Interlocked.MemoryBarrier();
        if (IsDone)
            Disarm();
    }

    /// <summary>The time is over, or the one try has failed.</summary>
    internal void TimeOut() => End(IsTry ? null : _gate.TimeoutOf(this), timedOut: true);

    internal void Fail(Exception exception) => End(exception, timedOut: false);

    private void Cancel() => End(new OperationCanceledException(_cancellationToken), timedOut: false);

    private void End(Exception? exception, bool timedOut)
    {
        int before = Interlocked.Exchange(ref _state, Done);
        if (before == Done)
            return;
        Disarm();
        _gate.Abandon(this, ownsKey: before == ForSlot, timedOut);
        if (exception is null)
            _result.SetResult(null);
        else
            _result.SetException(exception);
    }

    private void Disarm()
    {
        _timer?.Dispose();
        _registration.Unregister();
    }

    LockLease IValueTaskSource<LockLease>.GetResult(short token) => _result.GetResult(token)!.Value;

    LockLease? IValueTaskSource<LockLease?>.GetResult(short token) => _result.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<LockLease>.GetStatus(short token) => _result.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource<LockLease?>.GetStatus(short token) => _result.GetStatus(token);

    void IValueTaskSource<LockLease>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource<LockLease?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);
}
