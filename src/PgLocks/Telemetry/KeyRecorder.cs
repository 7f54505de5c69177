namespace PgLocks.Telemetry;

/// <summary>Counts what happens to one key. The key's own lock is what makes it single-writer: no lock, no atomic, no allocation per acquisition.</summary>
/// <remarks>
/// Sums only grow, and the reader takes differences, so nothing is lost and nothing is counted twice, whatever is written beside a read.
/// Maxima are taken away by the reader. Most waits are zero: these are not counted one by one, but are what the histogram lacks.
/// </remarks>
internal sealed class KeyRecorder(LockTelemetry telemetry, KeyLock keyLock) : KeySink
{
    private readonly Histogram _holds = new();
    private HistogramReader _holdReader;
    private WaitRecord? _waits;
    private KeyCounts _counts;
    private KeyCounts _written;
    private long _zerosWritten;
    private long _lastActivity;
    private long _holdMax;
    private long _timedOut;

    /// <summary>Intervals without a change in which counts stayed unwritten.</summary>
    internal int UnwrittenIntervals { get; private set; }

    internal KeyLock Lock => keyLock;

    internal PositionKey Key => keyLock.Key;

    internal int Slot => keyLock.Slot;

    /// <summary>Whether it has waited for another process since the last interval that the server took.</summary>
    internal bool HasWaitedForProcess => _waits is { HasNewForProcess: true };

    internal override void Released(long held, EndedWait? wait, bool lost)
    {
        long hold = telemetry.Nanoseconds(held);
        _counts.HoldSum += hold;
        _holds.Add(Buckets.Of(hold));
        if (hold > _holdMax)
            _holdMax = hold;
        if (wait is not null)
            Waited(wait);
        if (lost || hold >= telemetry.LongHold)
            Notable(hold, lost);
        // Last, and read first: a reader that sees the count finds everything else, and a sample that it finds too early is not lost by it.
        Volatile.Write(ref _counts.Acquired, _counts.Acquired + 1);
    }

    internal override void TimedOut(long waited)
    {
        Interlocked.Increment(ref _timedOut);
        telemetry.Add(new LockEvent("timeout", this, telemetry.Nanoseconds(waited)));
    }

    /// <summary>What was not written yet; null when nothing was.</summary>
    internal KeyInterval? Read()
    {
        long acquired = Volatile.Read(ref _counts.Acquired);
        KeyCounts now = _counts;
        now.Acquired = acquired;
        now.TimedOut = Volatile.Read(ref _timedOut);
        KeyCounts delta = now.Minus(_written);
        if (delta.Acquired == 0 && delta.TimedOut == 0)
            return null;
        WaitRecord? record = Volatile.Read(ref _waits);
        HistogramDelta holds = _holdReader.Read(_holds);
        WaitInterval waits = record?.Read() ?? WaitInterval.None;
        long zeros = Math.Max(0, now.Acquired - (record?.CountWritten ?? 0) - waits.Histogram.Total - _zerosWritten);
        return new KeyInterval(this, now, delta, waits, zeros, holds, Math.Max(Interlocked.Exchange(ref _holdMax, 0), holds.AtLeastMax));
    }

    /// <summary>Whether nothing happened since the last look, by the reading that the sweep goes by: what happens after it belongs to the next.</summary>
    internal bool IsIdle(KeyInterval? interval)
    {
        long activity = (interval?.Reading ?? _written).Activity;
        bool isIdle = activity == _lastActivity;
        _lastActivity = activity;
        UnwrittenIntervals = isIdle && interval is not null ? UnwrittenIntervals + 1 : 0;
        return isIdle;
    }

    /// <summary>The interval has reached the server.</summary>
    internal void Accept(KeyInterval interval)
    {
        _written = interval.Reading;
        _holdReader.Accept(interval.Holds);
        if (interval.Waits != WaitInterval.None)
            _waits!.Accept(interval.Waits);
        _zerosWritten += interval.ZeroWaits;
    }

    private void Waited(EndedWait waited)
    {
        WaitParts parts = telemetry.PartsOf(waited);
        (_waits ?? Made()).Add(parts, waited.Causes);
        if (parts.Sum >= telemetry.LongHold)
            telemetry.Add(new LockEvent("long_wait", this, parts.Sum));
    }

    private void Notable(long hold, bool lost)
    {
        if (lost)
            _counts.Lost++;
        telemetry.Add(new LockEvent(lost ? "lost" : "long_hold", this, hold));
    }

    private WaitRecord Made()
    {
        Volatile.Write(ref _waits, new WaitRecord());
        return _waits;
    }
}
