using PgLocks.Local;

namespace PgLocks.Telemetry;

/// <summary>Walks the table of gates once an interval: reads the recorders, finds long holds, and evicts what has been idle.</summary>
internal sealed class KeySweep(KeyTier keys, LockTelemetry telemetry)
{
    /// <summary>Intervals without use after which a key's recorder goes: most known keys are idle, and need none.</summary>
    internal const int MostRecorded = 2;

    /// <summary>Intervals without use after which a key leaves the table: miners come and go.</summary>
    internal const int MostIdle = 10;

    /// <summary>Intervals after which an idle key leaves although its counts could not be written: memory is bounded, and what is lost is counted.</summary>
    internal const int MostUnwritten = 600;

    private readonly List<KeyRecorder> _forgotten = [];

    /// <summary>Acquisitions whose counts never reached the server, because it was away for too long.</summary>
    internal long Dropped { get; private set; }

    internal void Into(TelemetryBatch batch)
    {
        AddForgotten(batch);
        foreach (KeyGate gate in keys.Gates)
        {
            AddHeld(gate, batch);
            var recorder = (KeyRecorder?)gate.RecentSink;
            KeyInterval? interval = recorder?.Read();
            bool isIdle = recorder is null || recorder.IsIdle(interval);
            gate.IdleIntervals = isIdle ? gate.IdleIntervals + 1 : 0;
            if (interval is not null && recorder!.UnwrittenIntervals >= MostUnwritten && keys.TryEvict(gate))
                Drop(recorder.Read()!);
            else if (interval is not null)
                batch.Intervals.Add(interval);
            else
                Forget(gate, recorder);
        }
        batch.Accepted = telemetry.Figures.Show(batch.Intervals);
    }

    private void Drop(KeyInterval interval)
    {
        Dropped += interval.Delta.Acquired;
        telemetry.Figures.Keep(interval);
    }

    private void Forget(KeyGate gate, KeyRecorder? recorder)
    {
        KeyRecorder? forgotten = null;
        if (gate.IdleIntervals >= MostIdle && keys.TryEvict(gate))
            forgotten = (KeyRecorder?)gate.RecentSink; // not the one that was read: a lease that came in between may have made it
        else if (gate.IdleIntervals >= MostRecorded && recorder is not null && gate.TryForgetSink())
            forgotten = recorder;
        if (forgotten is not null)
            _forgotten.Add(forgotten);
    }

    /// <summary>A lease can come and go between the reading and the forgetting; after that nobody writes to the recorder.</summary>
    private void AddForgotten(TelemetryBatch batch)
    {
        while (keys.TryTakeLeft(out KeySink? left))
            _forgotten.Add((KeyRecorder)left);
        for (int i = _forgotten.Count - 1; i >= 0; i--)
        {
            if (_forgotten[i].Read() is { } last)
                batch.Intervals.Add(last);
            else
                _forgotten.RemoveAt(i);
        }
        if (_forgotten.Count == 0)
            _forgotten.TrimExcess();
    }

    private void AddHeld(KeyGate gate, TelemetryBatch batch)
    {
        (long token, long grantedAt) = gate.Holder;
        if (token <= 0)
            return;
        TimeSpan age = keys.Time.GetElapsedTime(grantedAt);
        if (age.Ticks * TimeSpan.NanosecondsPerTick >= telemetry.LongHold)
            batch.Held.Add(new HeldLock((KeyRecorder)gate.Sink, token, batch.To - age));
    }
}
