namespace PgLocks;

/// <summary>Where the lower floors report what happens; telemetry implements it.</summary>
internal abstract class LockSink
{
    internal static readonly LockSink None = new Nothing();

    /// <summary>The recorder of one key. Called once a key, off the fast path.</summary>
    internal abstract KeySink ForKey(KeyLock keyLock);

    /// <summary>Whether anybody looks at single waits.</summary>
    internal virtual bool IsWatching => false;

    /// <summary>Lets a wait that has begun be watched to its end; returns the caller's lease.</summary>
    internal virtual ValueTask<T> Watch<T>(IWait wait, ValueTask<T> lease) => lease;

    private sealed class Nothing : LockSink
    {
        internal override KeySink ForKey(KeyLock keyLock) => NoKey.Instance;
    }

    private sealed class NoKey : KeySink
    {
        internal static readonly NoKey Instance = new();

        internal override void Released(long held, EndedWait? wait, bool lost)
        {
        }

        internal override void TimedOut(long waited)
        {
        }
    }
}

/// <summary>Counts what happens to one key. Durations are ticks of the provider's <see cref="TimeProvider"/>.</summary>
internal abstract class KeySink
{
    /// <summary>A lease has ended. Called while its key is still held, so never by two threads at once.</summary>
    /// <param name="held">How long it was held.</param>
    /// <param name="wait">The wait for it; <see langword="null"/> where there was none.</param>
    /// <param name="lost">Whether it was lost meanwhile.</param>
    internal abstract void Released(long held, EndedWait? wait, bool lost);

    /// <summary>A wait has ended without a lease. Any thread.</summary>
    internal abstract void TimedOut(long waited);
}

/// <summary>One caller's wait for one key.</summary>
internal interface IWait
{
    KeyLock Lock { get; }

    /// <summary>What it waits for, as far as known.</summary>
    WaitCauses Causes { get; }
}
