namespace PgLocks.Tests.Local;

/// <summary>Counts what the key tier reports, over all keys.</summary>
internal sealed class CountingSink : LockSink
{
    private int _released;
    private int _timedOut;

    internal int Released => Volatile.Read(ref _released);

    internal int TimedOut => Volatile.Read(ref _timedOut);

    internal override KeySink ForKey(KeyLock keyLock) => new OneKey(this);

    private sealed class OneKey(CountingSink all) : KeySink
    {
        internal override void Released(long held, EndedWait? wait, bool lost) => Interlocked.Increment(ref all._released);

        internal override void TimedOut(long waited) => Interlocked.Increment(ref all._timedOut);
    }
}
