using System.IO.MemoryMappedFiles;

namespace PgLocks.FaultTests.Traffic;

/// <summary>Proof from outside the database: for each key a word in memory that all processes share, the section that is inside. Behind them, how much each seat has done.</summary>
internal sealed unsafe class Witness : IDisposable
{
    private static readonly int Words = TrafficKeys.All.Length + TrafficKeys.MostSeats;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _words;

    internal Witness(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.ReadWrite);
        _view = _file.CreateViewAccessor();
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _words = (long*)start;
    }

    internal static void CreateFile(string path) => File.WriteAllBytes(path, new byte[Words * sizeof(long)]);

    /// <summary>The section that was inside already; 0 for none.</summary>
    internal long Enter(int key, long section) => Interlocked.Exchange(ref _words[key], section);

    internal void Leave(int key, long section) => Interlocked.CompareExchange(ref _words[key], 0, section);

    internal void CountIncrements(int seat, int count) => Interlocked.Add(ref _words[TrafficKeys.All.Length + seat], count);

    internal long Increments(int seat) => Volatile.Read(ref _words[TrafficKeys.All.Length + seat]);

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
