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

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _words;
    private long _failures;

    internal Witness(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.ReadWrite);
        _view = _file.CreateViewAccessor();
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _words = (long*)start;
    }

    internal long Failures => Volatile.Read(ref _failures);

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
        if (Interlocked.CompareExchange(ref _words[key * Stride], owner, 0) != 0)
            Interlocked.Increment(ref _failures);
    }

    internal void Leave(int key, long owner)
    {
        if (Interlocked.CompareExchange(ref _words[key * Stride], 0, owner) != owner)
            Interlocked.Increment(ref _failures);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
