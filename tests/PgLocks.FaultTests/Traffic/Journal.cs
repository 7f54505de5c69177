using System.Text;

namespace PgLocks.FaultTests.Traffic;

/// <summary>A worker's own append-only file. Each line is one write, so a killed process has written all that it did.</summary>
internal sealed class Journal(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private readonly Lock _sync = new();

    internal static string PathOf(string folder, int worker) => Path.Combine(folder, $"worker-{worker}.log");

    internal void Write(string what, int key = -1, long token = 0, long section = 0, long number = 0, string text = "")
    {
        // Before the lock: whoever has it may be off its processor.
        var at = TimeProvider.System.GetTimestamp();
        lock (_sync)
            _file.Write(Encoding.UTF8.GetBytes(new Entry(at, what, key, token, section, number, text).ToLine()));
    }

    public void Dispose() => _file.Dispose();
}
