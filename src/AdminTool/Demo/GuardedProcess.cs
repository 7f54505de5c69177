using System.Diagnostics;
using System.Globalization;

namespace PgLocks.AdminTool.Demo;

/// <summary>A process that never outlives this one, also when this one is killed. Its output goes to a file in its folder.</summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    private const string Script = """
        exec 2> /dev/null
        trap '' HUP INT TERM
        log=$1 running=$$.running
        shift
        : > $running || exit 1
        exec 3<&0
        "$@" 3<&- < /dev/null > "$log" 2>&1 &
        child=$!
        echo $child
        {
            while read -r word; do [ "$word" = keep ] && exit 0; done
            kill -s CONT $child
            kill -s QUIT $child # ends PostgreSQL at once
            kill -s TERM $child # ends those that do not know QUIT
            patience=100
            while [ $patience -gt 0 ] && kill -s 0 $child; do sleep 0.1; patience=$((patience - 1)); done
            kill -s KILL $child
        } <&3 > /dev/null &
        watcher=$!
        exec 3<&-
        wait $child
        code=$?
        kill -s KILL $watcher
        rm -f $running
        exit $code
        """;

    private readonly Process _guard;
    private readonly string _log;

    private GuardedProcess(Process guard, int processId, string log)
    {
        _guard = guard;
        _log = log;
        ProcessId = processId;
    }

    /// <summary>Of the program itself, not of the script that guards it.</summary>
    public int ProcessId { get; }

    public bool HasExited => _guard.HasExited;

    public static async Task<GuardedProcess> StartAsync(TemporaryFolder folder, string logName, IEnumerable<string> command)
    {
        var log = folder[logName];
        var guard = GuardScript.Start(Script, folder.Path, [log, .. command]);
        var firstLine = await guard.StandardOutput.ReadLineAsync();
        if (int.TryParse(firstLine, CultureInfo.InvariantCulture, out var processId))
            return new GuardedProcess(guard, processId, log);
        guard.Dispose();
        throw new LocalServerException($"'{command.First()}' could not be started in '{folder.Path}': is the disk full?");
    }

    /// <summary>Runs a program to its end; its output goes into the message when it fails.</summary>
    public static async Task RunAsync(TemporaryFolder folder, IReadOnlyList<string> command, CancellationToken cancellationToken = default)
    {
        var name = Path.GetFileName(command[0]);
        await using var process = await StartAsync(folder, name + ".log", command);
        var code = await process.WaitForExitAsync(cancellationToken);
        if (code != 0)
            throw new LocalServerException($"{name} failed with exit code {code}: {process.LogTail()}");
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        await _guard.WaitForExitAsync(cancellationToken);
        return _guard.ExitCode;
    }

    /// <summary>The end of what it wrote, which says why it failed.</summary>
    public string LogTail(int lines = 15) =>
        File.Exists(_log) ? string.Join('\n', File.ReadLines(_log).TakeLast(lines)) : "(nothing written)";

    public bool Signal(int signal) => !HasExited && UnixSignal.Send(ProcessId, signal);

    /// <summary>Lets it go on after the end of this process.</summary>
    public void Keep() => _guard.StandardInput.WriteLine("keep");

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }
}
