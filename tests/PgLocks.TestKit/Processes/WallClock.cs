using System.Globalization;
using PgLocks.AdminTool.Demo;

namespace PgLocks.TestKit;

/// <summary>The wall clock as some processes see it, which can be set while they run (libfaketime). Their monotonic clock is left alone.</summary>
public sealed class WallClock : IDisposable
{
    private const string Library = "libfaketime.so.1";
    private const string SharedMemory = "/dev/shm";

    private static readonly string[] LibraryFolders = ["/usr/lib", "/usr/local/lib", "/usr/lib64"];
    private static readonly Lazy<string?> Found = new(Find);

    private readonly DirectoryInfo _folder;

    public WallClock()
    {
        if (Lack is not null)
            throw new LocalServerException($"{Lack}. Run ./test.sh, which installs what it may, or 'apt-get install libfaketime'.");
        _folder = Directory.CreateTempSubdirectory("clock-");
        // The server runs as another user.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
        Set(TimeSpan.Zero);
    }

    /// <summary>Why no clock can be set on this machine; null if one can.</summary>
    public static string? Lack => Found.Value is null ? "libfaketime is not installed" : null;

    /// <summary>For the processes that are to see this clock.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Found.Value!,
        ["FAKETIME_TIMESTAMP_FILE"] = Offset,
        ["FAKETIME_NO_CACHE"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        // Or timed waits of .NET, which go by the monotonic clock, end at once.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
    };

    private string Offset => Path.Combine(_folder.FullName, "offset");

    /// <summary>From now on it is ahead of the machine's by so much; negative: behind.</summary>
    public void Set(TimeSpan ahead)
    {
        var written = Path.Combine(_folder.FullName, "next");
        File.WriteAllText(written, ahead.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
        File.Move(written, Offset, overwrite: true);
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        // A process that was killed leaves these.
        foreach (var file in Directory.EnumerateFiles(SharedMemory, "*faketime_*"))
        {
            if (!Directory.Exists($"/proc/{Path.GetFileName(file).Split('_')[^1]}"))
                File.Delete(file);
        }
    }

    private static string? Find() => !OperatingSystem.IsLinux() ? null : LibraryFolders
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateDirectories(folder, "*-linux-gnu").Append(folder))
        .Select(folder => Path.Combine(folder, "faketime", Library))
        .FirstOrDefault(File.Exists);
}
