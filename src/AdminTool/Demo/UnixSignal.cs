using System.Runtime.InteropServices;

namespace PgLocks.AdminTool.Demo;

/// <summary>Signals to processes: what .NET's <c>Process.Kill</c> does not offer.</summary>
public static class UnixSignal
{
    public static int Interrupt => 2;

    public static int Quit => 3;

    public static int Kill => 9;

    public static int Terminate => 15;

    public static int Stop => OperatingSystem.IsLinux() ? 19 : 17;

    public static int Continue => OperatingSystem.IsLinux() ? 18 : 19;

    /// <summary>Sends it; false when no such process is left.</summary>
    public static bool Send(int processId, int signal) => NativeKill(processId, signal) == 0;

    /// <summary>Whether the process is there (a zombie counts as there).</summary>
    public static bool IsAlive(int processId) => Send(processId, 0);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int processId, int signal);
}
