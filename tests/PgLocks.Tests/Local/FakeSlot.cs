using PgLocks.Local;

namespace PgLocks.Tests.Local;

/// <summary>A slot under a test's control: open, it lets everybody in; closed, everybody queues.</summary>
internal sealed class FakeSlot(int number = 7) : SlotPort(number)
{
    private readonly AcquireQueue _waiters = new();
    private readonly FakeTenure _tenure = new();
    private long _token;

    internal bool IsOpen { get; set; } = true;

    internal int Leases => _tenure.Leases;

    internal int Waiters => _waiters.Walk().Count();

    internal override Exception? LastFailure => null;

    internal override LockHolder? ForeignHolder => null;

    internal override bool TryEnter(long now, out Tenure? tenure, out long fencingToken)
    {
        tenure = IsOpen ? _tenure : null;
        if (IsOpen)
            _tenure.Enter();
        fencingToken = IsOpen ? Interlocked.Increment(ref _token) : 0;
        return IsOpen;
    }

    internal override void Enqueue(PendingAcquire pending) => _waiters.Add(pending);

    internal override void Remove(PendingAcquire pending) => _waiters.Remove(pending);

    /// <summary>Grants the first in line; false when its wait had ended.</summary>
    internal bool GrantNext()
    {
        _tenure.Enter();
        if (_waiters.TryTake()!.TryGrant(_tenure, ++_token, now: 0))
            return true;
        _tenure.Exit();
        return false;
    }
}

internal sealed class FakeTenure() : Tenure(epoch: 1)
{
    private int _leases;

    internal int Leases => Volatile.Read(ref _leases);

    internal override bool IsLost => false;

    internal override CancellationToken LostToken => CancellationToken.None;

    internal void Enter() => Interlocked.Increment(ref _leases);

    internal override void Exit() => Interlocked.Decrement(ref _leases);
}
