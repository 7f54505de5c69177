using System.Diagnostics;

namespace PgLocks.Benchmarks.Load;

/// <summary>What the tasks of one process share while they run.</summary>
internal sealed class LoadRun
{
    private readonly int[] _keys;
    private readonly int _process;
    private readonly long _workTicks;
    private volatile int _phase;
    private long _stoppedAt = long.MaxValue;
    private string? _error;

    internal LoadRun(int process, int tasks, int[] keys, double workMilliseconds, Witness witness)
    {
        _process = process;
        _keys = keys;
        _workTicks = (long)(workMilliseconds * Stopwatch.Frequency / 1000);
        Witness = witness;
        Recorders = [.. Enumerable.Range(0, tasks).Select(_ => new Recorder())];
    }

    internal Witness Witness { get; }

    internal IReadOnlyList<Recorder> Recorders { get; }

    internal int Phase => _phase;

    internal long StoppedAt => Volatile.Read(ref _stoppedAt);

    /// <summary>The first failure of any task.</summary>
    internal string? Error => Volatile.Read(ref _error);

    internal IReadOnlyList<int> Keys => _keys;

    internal Dice DiceOf(int task) => new((uint)(_process * 1000 + task));

    internal int Next(Dice dice) => _keys[dice.Below(_keys.Length)];

    internal long OwnerOf(int task) => Witness.Owner(_process, task);

    internal void BeginMeasured() => _phase = Load.Phase.Measured;

    internal void Stop(long now)
    {
        Volatile.Write(ref _stoppedAt, now);
        _phase = Load.Phase.Stopped;
    }

    internal void Fail(Exception failure) => Interlocked.CompareExchange(ref _error, failure.ToString(), null);

    /// <summary>The work under the lock: computing, since a timer's millisecond is not one.</summary>
    internal void Work(long since)
    {
        while (_workTicks > 0 && Stopwatch.GetTimestamp() - since < _workTicks)
            Thread.SpinWait(20);
    }
}
