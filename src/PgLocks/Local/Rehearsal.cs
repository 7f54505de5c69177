using System.Runtime.CompilerServices;

namespace PgLocks.Local;

/// <summary>
/// Waits that time out where nobody sees them, while an instance starts. The first time-out of a process compiles 38 methods on its way, and it comes when
/// the process is busiest, with everything else that it has just begun.
/// </summary>
internal static class Rehearsal
{
    private static readonly PositionKey Key = new("rehearsal", "rehearsal");
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(1);

    /// <summary>One wait for a slot, and one for the key that the first one has.</summary>
    /// <param name="sink">Told of both; not the instance's own.</param>
    internal static Task TimeOutAsync(LockSink sink)
    {
        var tier = new KeyTier(TimeProvider.System, Short, sink, "", static _ => new NeverGranted(), static (_, _, _, _) => ValueTask.CompletedTask);
        KeyGate gate = tier.Find(Key);
        return Task.WhenAll(EndOf(gate.AcquireAsync(null, CancellationToken.None)), EndOf(gate.AcquireAsync(null, CancellationToken.None)));
    }

    /// <summary>The end alone: nobody asks for the result, so nothing is thrown.</summary>
    private static Task EndOf(ValueTask<LockLease> wait)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ValueTaskAwaiter<LockLease> awaiter = wait.GetAwaiter();
        awaiter.UnsafeOnCompleted(ended.SetResult);
        return ended.Task;
    }

    private sealed class NeverGranted() : SlotPort(0)
    {
        internal override Exception? LastFailure => null;

        internal override LockHolder? ForeignHolder => new("", Key, Short);

        internal override bool TryEnter(long now, out Tenure? tenure, out long fencingToken)
        {
            (tenure, fencingToken) = (null, 0);
            return false;
        }

        internal override void Enqueue(PendingAcquire pending)
        {
        }

        internal override void Remove(PendingAcquire pending)
        {
        }
    }
}
