using System.IO.MemoryMappedFiles;

namespace PgLocks.TestWorker;

/// <summary>Many tasks add to one number in a file that several processes have mapped: read, then write, with time in between for others to interfere.</summary>
internal static class Counting
{
    internal static readonly PositionKey Key = new("5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t", "EURUSD");

    public static async Task RunAsync(ILockProvider provider, string file, int tasks, int increments)
    {
        using var mapped = MemoryMappedFile.CreateFromFile(file, FileMode.Open);
        using var counter = mapped.CreateViewAccessor();
        var left = increments;
        Console.WriteLine("started");
        await Console.In.ReadLineAsync();
        await Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await using var lease = await provider.AcquireAsync(Key, TimeSpan.FromMinutes(1));
                var value = counter.ReadInt64(0);
                await Task.Yield();
                counter.Write(0, value + 1);
            }
        })));
        Console.WriteLine("done");
    }
}
