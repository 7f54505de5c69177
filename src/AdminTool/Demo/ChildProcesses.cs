using System.Globalization;

namespace PgLocks.AdminTool.Demo;

/// <summary>The direct children of a process, read from /proc.</summary>
internal static class ChildProcesses
{
    public static IReadOnlyList<int> Of(int parent)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Pausing or killing a whole server needs Linux: its sessions are found in /proc.");
        return [.. from folder in Directory.EnumerateDirectories("/proc")
                   let name = Path.GetFileName(folder)
                   where char.IsAsciiDigit(name[0]) && ParentOf(folder) == parent
                   select int.Parse(name, CultureInfo.InvariantCulture)];
    }

    // "pid (name) state ppid …": the name may hold spaces and brackets, so count from its end.
    private static int ParentOf(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
