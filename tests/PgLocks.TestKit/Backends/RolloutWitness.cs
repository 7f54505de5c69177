using System.IO.MemoryMappedFiles;
using PgLocks.Backends;

namespace PgLocks.TestKit;

/// <summary>What no database vouches for: numbers in a file that several processes have mapped. Whoever has a key's lock is alone with its number.</summary>
public sealed class RolloutWitness : IDisposable
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(1500);
    public static readonly TimeSpan ServerLease = TimeSpan.FromMilliseconds(2500);

    private const int MostWorkers = 8;
    private const int TasksEach = 8;
    private const int Owner = 0;
    private const int Number = 1;
    private const int Overlapped = 2;
    private const int Finished = 3;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public RolloutWitness(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Size);
        _view = _file.CreateViewAccessor();
    }

    public static IReadOnlyList<PositionKey> Keys { get; } = [.. Enumerable.Range(0, 6).Select(i => new PositionKey($"miner{i}", "BTCUSD"))];

    private static long Size => At(Keys.Count, MostWorkers);

    /// <summary>How often two were in at once. Read it at rest.</summary>
    public long Overlaps => Enumerable.Range(0, Keys.Count).Sum(key => _view.ReadInt64(At(key, Overlapped)));

    public static RolloutOptions Options(string connectionString, string application) => new()
    {
        ConnectionString = connectionString, ApplicationName = application, HeartbeatInterval = Heartbeat, LeaseDuration = Lease, ServerLeaseDuration = ServerLease,
        TelemetryInterval = TimeSpan.FromMilliseconds(200),
    };

    /// <summary>The number of a key, and how many additions to it were finished.</summary>
    public (long Number, long Finished) Read(int key) =>
        (_view.ReadInt64(At(key, Number)), Enumerable.Range(0, MostWorkers * TasksEach).Sum(task => _view.ReadInt64(At(key, Finished + task))));

    /// <summary>Finished by one process, over all keys.</summary>
    public long FinishedBy(int worker) =>
        Enumerable.Range(0, Keys.Count).Sum(key => Enumerable.Range(0, TasksEach).Sum(task => _view.ReadInt64(At(key, Finished + TasksEach * worker + task))));

    /// <summary>Reads, lets others interfere, writes.</summary>
    public async Task CountAsync(int key, int worker, int task)
    {
        var seat = TasksEach * worker + task;
        if (_view.ReadInt64(At(key, Owner)) is not 0 and var other && !IsBuried(other))
            Add(At(key, Overlapped));
        _view.Write(At(key, Owner), seat + 1L);
        var number = _view.ReadInt64(At(key, Number));
        await Task.Yield();
        _view.Write(At(key, Number), number + 1);
        if (_view.ReadInt64(At(key, Owner)) != seat + 1)
            Add(At(key, Overlapped));
        _view.Write(At(key, Owner), 0L);
        Add(At(key, Finished + seat));
    }

    /// <summary>The process is about to be killed: whose name it leaves at a key is not in there.</summary>
    public void Bury(int worker) => _view.Write(At(Keys.Count, worker), 1L);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private bool IsBuried(long owner) => _view.ReadInt64(At(Keys.Count, (int)((owner - 1) / TasksEach))) != 0;

    private void Add(long at) => _view.Write(at, _view.ReadInt64(at) + 1);

    private static long At(int key, int field) => ((long)key * (Finished + MostWorkers * TasksEach) + field) * sizeof(long);
}
