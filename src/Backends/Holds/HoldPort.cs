using System.Diagnostics.CodeAnalysis;
using PgLocks.Local;

namespace PgLocks.Backends.Holds;

/// <summary>What a key's gate stands on: every caller that has the key asks the backend for a hold of its own.</summary>
/// <param name="holds">Where holds come from.</param>
/// <param name="name">What to lock.</param>
/// <param name="joins">Whether further keys may enter a hold that is there: those that are acquired together.</param>
internal sealed class HoldPort(HoldTable holds, LockName name, bool joins) : SlotPort(name.Slot)
{
    private volatile HoldTenure? _tenure;
    private volatile Attempt? _attempt;
    private volatile Exception? _lastFailure;

    internal override Exception? LastFailure => _lastFailure;

    internal override LockHolder? ForeignHolder => null;

    internal override bool TryEnter(long now, out Tenure? tenure, out long fencingToken)
    {
        HoldTenure? current = joins ? _tenure : null;
        bool entered = current is not null && current.TryEnter();
        tenure = entered ? current : null;
        fencingToken = entered ? current!.Hold.Token : 0;
        return entered;
    }

    internal override void Enqueue(PendingAcquire pending)
    {
        var attempt = new Attempt(pending);
        _attempt = attempt;
        // Its wait can have ended while the key was handed to it; after this look its end finds the attempt.
        Interlocked.MemoryBarrier();
        if (pending.IsDone)
            attempt.Cancel();
        _ = RunAsync(attempt);
    }

    internal override void Remove(PendingAcquire pending)
    {
        if (_attempt is { } attempt && attempt.Pending == pending)
            attempt.Cancel();
    }

    private async Task RunAsync(Attempt attempt)
    {
        PendingAcquire pending = attempt.Pending;
        try
        {
            HoldTenure? tenure = await holds.AcquireAsync(name, pending.TriesOnce, attempt.Cancelled).ConfigureAwait(false);
            if (tenure is null)
            {
                pending.TimeOut();
                return;
            }
            _tenure = tenure;
            if (!pending.TryGrant(tenure, tenure.Hold.Token, holds.Time.GetTimestamp()))
                tenure.Exit();
        }
        catch (OperationCanceledException) when (attempt.Cancelled.IsCancellationRequested)
        {
            // The caller has gone; so has the attempt.
        }
        catch (Exception failure)
        {
            _lastFailure = failure;
            pending.Fail(failure as PgLockException ?? failure as ObjectDisposedException
                ?? (Exception)new PgLockException($"The lock's backend failed: {failure.Message} Try again.", isTransient: true, cause: failure));
        }
    }

    [SuppressMessage("Design", "CA1001", Justification = "A token source without a timer needs no disposal.")]
    private sealed class Attempt(PendingAcquire pending)
    {
        private readonly CancellationTokenSource _cancelled = new();

        internal PendingAcquire Pending => pending;

        internal CancellationToken Cancelled => _cancelled.Token;

        /// <summary>Off this thread: cancelling can run the backend's own code.</summary>
        internal void Cancel() => _ = _cancelled.CancelAsync();
    }
}
