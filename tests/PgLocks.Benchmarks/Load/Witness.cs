using System.IO.MemoryMappedFiles;

namespace PgLocks.Benchmarks.Load;

/// <summary>
/// Proof of exclusion from outside the database: a word a key in memory that all processes share, which must be zero when a
/// holder enters and the holder's own when it leaves.
/// </summary>
internal sealed unsafe class Witness : IDisposable
{
    /// <summary>A cache line a key, so that the witness makes no traffic that the keys do not make.</summary>
    private const int Stride = 8;

    private const int TasksPerProcess = 1000;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _words;
    private long _failures;
    private string? _firstFailure;

    internal Witness(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.ReadWrite);
        _view = _file.CreateViewAccessor();
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _words = (long*)start;
    }

    internal long Failures => Volatile.Read(ref _failures);

    /// <summary>Who met whom.</summary>
    internal string? FirstFailure => Volatile.Read(ref _firstFailure);

    /// <summary>Whose turn it is, for probes in which processes alternate. Lies behind the keys' words.</summary>
    internal long Turn
    {
        get => Volatile.Read(ref _words[KeySet.Count * Stride]);
        set => Volatile.Write(ref _words[KeySet.Count * Stride], value);
    }

    internal static string CreateFile()
    {
        string folder = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        string path = Path.Combine(folder, $"pglocks-witness-{Guid.NewGuid():N}");
        Clear(path);
        return path;
    }

    internal static void Clear(string path) => File.WriteAllBytes(path, new byte[(KeySet.Count + 1) * Stride * sizeof(long)]);

    internal void Enter(int key, long owner)
    {
        long met = Interlocked.CompareExchange(ref _words[key * Stride], owner, 0);
        if (met != 0)
            Fail(owner, "entered", met);
    }

    internal void Leave(int key, long owner)
    {
        long met = Interlocked.CompareExchange(ref _words[key * Stride], 0, owner);
        if (met != owner)
            Fail(owner, "left", met);
    }

    /// <summary>A word that names one task of all processes.</summary>
    internal static long Owner(int process, int task) => process * TasksPerProcess + task + 1;

    private void Fail(long owner, string did, long met)
    {
        Interlocked.Increment(ref _failures);
        Interlocked.CompareExchange(ref _firstFailure, $"{Name(owner)} {did} and met {Name(met)}", null);
    }

    private static string Name(long owner) => owner == 0 ? "nobody" : $"task {(owner - 1) % TasksPerProcess} of process {(owner - 1) / TasksPerProcess}";

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
