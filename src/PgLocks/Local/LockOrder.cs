namespace PgLocks.Local;

/// <summary>Remembers, along each asynchronous flow, which keys it holds, and refuses to wait for one that comes before them: by slot, then by key.</summary>
internal sealed class LockOrder
{
    private readonly AsyncLocal<Held?> _held = new();

    /// <summary>Checks the order and notes the key as wanted in the caller's flow.</summary>
    /// <exception cref="LockOrderException">A key is held that comes after this one, or this very key.</exception>
    internal Held Enter(KeyGate gate)
    {
        Held? live = Live(_held.Value);
        for (Held? at = live; at is not null; at = Live(at.Previous))
        {
            if (Compare(at.Gate, gate) >= 0)
                throw new LockOrderException(at.Gate.Key, at.Gate.Slot, gate.Key, gate.Slot);
        }
        return _held.Value = new Held(gate, live);
    }

    private static Held? Live(Held? at)
    {
        while (at is not null && !at.IsHeld)
            at = at.Previous;
        return at;
    }

    private static int Compare(KeyGate left, KeyGate right) =>
        left.Slot != right.Slot ? left.Slot.CompareTo(right.Slot) : string.CompareOrdinal(left.Key.ToString(), right.Key.ToString());

    /// <summary>A key that a flow has acquired, for as long as the lease stands.</summary>
    internal sealed class Held(KeyGate gate, Held? previous)
    {
        private long _token;

        internal KeyGate Gate => gate;

        internal Held? Previous => previous;

        internal bool IsHeld => Volatile.Read(ref _token) is var token && token != 0 && gate.IsHeldWith(token);

        internal LockLease Granted(LockLease lease)
        {
            Volatile.Write(ref _token, lease.FencingToken);
            return lease;
        }
    }
}
