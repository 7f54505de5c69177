using PgLocks.Local;

namespace PgLocks.Telemetry;

/// <summary>Walks the table of gates once an interval: reads the recorders, finds long holds, and evicts what has been idle.</summary>
internal sealed class KeySweep(KeyTier keys, LockTelemetry telemetry)
{
    /// <summary>Intervals without use after which a key leaves the table: miners come and go.</summary>
    internal const int MostIdle = 10;

    /// <summary>Intervals after which an idle key leaves although its counts could not be written: memory is bounded, and what is lost is counted.</summary>
    internal const int MostUnwritten = 600;

    private readonly List<KeyRecorder> _evicted = [];

    /// <summary>Acquisitions whose counts never reached the server, because it was away for too long.</summary>
    internal long Dropped { get; private set; }

    internal void Into(TelemetryBatch batch)
    {
        AddEvicted(batch);
        foreach (KeyGate gate in keys.Gates)
        {
            var recorder = (KeyRecorder)gate.Sink;
            AddHeld(gate, recorder, batch);
            KeyInterval? interval = recorder.Read();
            recorder.Age(interval);
            bool isStale = interval is null ? recorder.IdleIntervals >= MostIdle : recorder.UnwrittenIntervals >= MostUnwritten;
            if (!isStale || !keys.TryEvict(gate))
                Add(interval, batch);
            else if (interval is null)
                _evicted.Add(recorder);
            else
                Dropped += interval.Delta.Acquired;
        }
    }

    /// <summary>A lease can come and go between the reading and the eviction; nobody writes to an evicted recorder.</summary>
    private void AddEvicted(TelemetryBatch batch)
    {
        for (int i = _evicted.Count - 1; i >= 0; i--)
        {
            if (_evicted[i].Read() is { } last)
                Add(last, batch);
            else
                _evicted.RemoveAt(i);
        }
    }

    private static void Add(KeyInterval? interval, TelemetryBatch batch)
    {
        if (interval is not null)
            batch.Intervals.Add(interval);
    }

    private void AddHeld(KeyGate gate, KeyRecorder recorder, TelemetryBatch batch)
    {
        (long token, long grantedAt) = gate.Holder;
        TimeSpan age = keys.Time.GetElapsedTime(grantedAt);
        if (token > 0 && age.Ticks * TimeSpan.NanosecondsPerTick >= telemetry.LongHold)
            batch.Held.Add(new HeldLock(recorder, token, batch.To - age));
    }
}
