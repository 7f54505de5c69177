using System.Collections.Concurrent;

namespace PgLocks.Telemetry;

/// <summary>The recorder of one instance: makes a <see cref="KeyRecorder"/> a key, and keeps events until they are written.</summary>
internal sealed class LockTelemetry : LockSink
{
    /// <summary>Events beyond it are dropped and counted: a storm of timeouts must not eat the memory.</summary>
    internal const int MostEvents = 10_000;

    private readonly ConcurrentQueue<LockEvent> _events = new();
    private readonly TimeProvider _time;
    private readonly long _nanosecondsPerTick;
    private long _droppedEvents;
    private int _eventCount;

    internal LockTelemetry(TimeProvider time, TimeSpan longHold)
    {
        _time = time;
        // .NET's own clocks tick in whole nanoseconds.
        _nanosecondsPerTick = Math.Max(1, 1_000_000_000 / time.TimestampFrequency);
        LongHold = longHold.Ticks * TimeSpan.NanosecondsPerTick;
    }

    /// <summary>From which duration on, in nanoseconds, a hold or a wait is an event.</summary>
    internal long LongHold { get; }

    /// <summary>Sums over all keys, for the meter.</summary>
    internal LockFigures Figures { get; } = new();

    /// <summary>Shows waits to whoever listens to activities.</summary>
    internal LockActivities? Activities { get; init; }

    internal long DroppedEvents => Volatile.Read(ref _droppedEvents);

    internal override KeySink ForKey(KeyLock keyLock) => new KeyRecorder(this, keyLock);

    internal override bool IsWatching => Activities is not null && LockActivities.HasListeners;

    internal override ValueTask<T> Watch<T>(IWait wait, ValueTask<T> lease) => lease.IsCompleted ? lease : Activities!.WatchAsync(wait, lease);

    internal long Nanoseconds(long ticks) => ticks * _nanosecondsPerTick;

    internal WaitParts PartsOf(EndedWait wait) => new(
        Nanoseconds(wait.SpentOn(WaitPart.Key)), Nanoseconds(wait.SpentOn(WaitPart.Yield)), Nanoseconds(wait.SpentOn(WaitPart.Owner)),
        Nanoseconds(wait.SpentOn(WaitPart.Slot)), Nanoseconds(wait.SpentOn(WaitPart.Session)), Nanoseconds(wait.SpentOn(WaitPart.Server)));

    internal void Add(LockEvent happened) => PutBack(happened with { At = _time.GetUtcNow() });

    /// <summary>For events that could not be written.</summary>
    internal void PutBack(LockEvent happened)
    {
        if (Interlocked.Increment(ref _eventCount) <= MostEvents)
        {
            _events.Enqueue(happened);
            return;
        }
        Interlocked.Decrement(ref _eventCount);
        Interlocked.Increment(ref _droppedEvents);
    }

    internal List<LockEvent> TakeEvents()
    {
        List<LockEvent> taken = [];
        while (_events.TryDequeue(out LockEvent? happened))
            taken.Add(happened);
        Interlocked.Add(ref _eventCount, -taken.Count);
        return taken;
    }
}
