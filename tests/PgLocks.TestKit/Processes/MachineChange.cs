using System.Diagnostics;

namespace PgLocks.TestKit;

/// <summary>Something that root changes on the machine for a test, such as a mount. It is undone after the test, also when this process is killed.</summary>
public sealed class MachineChange : IAsyncDisposable
{
    private const string Script = """
        trap '' HUP INT TERM
        if sh -e -c "$1" > "$3" 2>&1 < /dev/null; then echo ready; else echo failed; fi
        cat > /dev/null
        sh -c "$2" > /dev/null 2>&1
        rm -f "$3"
        """;

    private readonly Process _guard;

    private MachineChange(Process guard) => _guard = guard;

    /// <summary>Whether this process may change the machine.</summary>
    public static bool IsAllowed => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;

    /// <param name="make">A shell script.</param>
    /// <param name="undo">A shell script that undoes as much of it as was done.</param>
    /// <exception cref="InvalidOperationException">It could not be made: the message has what the script wrote.</exception>
    public static async Task<MachineChange> MakeAsync(string make, string undo)
    {
        var log = Path.Combine(Path.GetTempPath(), $"change-{Guid.NewGuid():N}");
        // A session of its own: it is to outlive the group of processes of the tests.
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", Script, "pglocks-change", make, undo, log]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var change = new MachineChange(Process.Start(start)!);
        if (await change._guard.StandardOutput.ReadLineAsync() == "ready")
            return change;
        var why = await File.ReadAllTextAsync(log);
        await change.DisposeAsync();
        throw new InvalidOperationException($"The machine could not be changed: {why}");
    }

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }
}
