using System.Diagnostics;

namespace PgLocks.AdminTool.Demo;

/// <summary>
/// Starts a shell script that watches over something on this process's behalf. The script's standard input is a pipe that only this
/// process holds: it ends when this process closes it or is gone, however it went, and then the script clears up.
/// </summary>
internal static class GuardScript
{
    private static readonly bool HasSetsid = File.Exists("/usr/bin/setsid") || File.Exists("/bin/setsid");

    public static Process Start(string script, string workingFolder, params IEnumerable<string> arguments)
    {
        var command = UnprivilegedUser.Current.CommandLine(["/bin/sh", "-c", script, "pglocks-guard", .. arguments]);
        // A session of its own: Ctrl-C in the terminal reaches this process only, which then stops the server in good order.
        var line = (HasSetsid ? command.Prepend("setsid") : command).ToArray();
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var variable in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(variable);
        start.Environment["HOME"] = workingFolder;
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start)!;
    }
}
