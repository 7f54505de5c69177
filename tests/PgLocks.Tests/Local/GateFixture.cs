using Microsoft.Extensions.Time.Testing;
using PgLocks.Local;

namespace PgLocks.Tests.Local;

/// <summary>One key tier over one fake slot, with a clock that stands still.</summary>
internal sealed class GateFixture
{
    internal static readonly PositionKey Key = new("5GhC", "EURUSD");

    internal GateFixture(IKeyFilter? filter = null) =>
        Tier = new KeyTier(Time, TimeSpan.FromSeconds(5), Sink, "orders@host (pid 1)", _ => Slot, (_, _, _, _) => ValueTask.CompletedTask) { Filter = filter };

    internal FakeTimeProvider Time { get; } = new();

    internal FakeSlot Slot { get; } = new();

    internal CountingSink Sink { get; } = new();

    internal KeyTier Tier { get; }

    internal KeyGate Gate => Tier.Find(Key);

    internal ValueTask<LockLease> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Gate.AcquireAsync(timeout, cancellationToken);

    /// <summary>As users do.</summary>
    internal ValueTask<LockLease> AcquireLockAsync(TimeSpan? timeout = null) => Tier.FindLock(Key).AcquireAsync(timeout, default);

    /// <summary>A lease that must be there at once.</summary>
    internal LockLease Acquire()
    {
        var lease = AcquireAsync();
        return lease.IsCompletedSuccessfully ? lease.Result : throw new InvalidOperationException("The key is not free.");
    }
}
