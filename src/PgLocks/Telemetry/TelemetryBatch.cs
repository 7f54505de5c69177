namespace PgLocks.Telemetry;

/// <summary>What one interval writes: read from the recorders now, accepted by them once the server has it.</summary>
internal sealed class TelemetryBatch
{
    internal List<KeyInterval> Intervals { get; } = [];

    internal List<LockEvent> Events { get; } = [];

    internal List<HeldLock> Held { get; } = [];

    internal DateTimeOffset From { get; init; }

    internal DateTimeOffset To { get; init; }

    internal long Number { get; init; }

    internal long Recorded => Intervals.Sum(interval => interval.Delta.Acquired);

    internal IEnumerable<KeyRecorder> Recorders =>
        Intervals.Select(interval => interval.Recorder).Concat(Events.Select(happened => happened.Recorder)).Concat(Held.Select(held => held.Recorder)).Distinct();

    /// <summary>Called when the server has it.</summary>
    internal Action? Accepted { get; set; }

    internal void Accept()
    {
        Accepted?.Invoke();
        foreach (KeyInterval interval in Intervals)
            interval.Recorder.Accept(interval);
    }
}

/// <summary>A hold older than the threshold.</summary>
internal sealed record HeldLock(KeyRecorder Recorder, long FencingToken, DateTimeOffset AcquiredAt);

/// <summary>Finds the registry's ids of keys, making rows for new ones. The floor above implements it.</summary>
internal interface IKeyIds
{
    Task ResolveAsync(IReadOnlyCollection<KeyRecorder> recorders, DateTimeOffset now, CancellationToken cancellationToken);
}
