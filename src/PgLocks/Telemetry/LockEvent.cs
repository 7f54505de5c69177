namespace PgLocks.Telemetry;

/// <summary>Something that deserves a row of its own in <c>pglocks.lock_events</c>.</summary>
/// <param name="Kind">long_hold, long_wait, timeout or lost.</param>
/// <param name="Recorder">Of the key concerned.</param>
/// <param name="Duration">Of the hold or the wait, in nanoseconds.</param>
internal sealed record LockEvent(string Kind, KeyRecorder Recorder, long Duration)
{
    internal DateTimeOffset At { get; init; }
}
