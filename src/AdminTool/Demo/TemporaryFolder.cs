using System.Diagnostics;

namespace PgLocks.AdminTool.Demo;

/// <summary>A folder that is removed when it is disposed or when this process is gone, after the processes that run in it have ended.</summary>
public sealed class TemporaryFolder : IAsyncDisposable
{
    // Words on standard input: 'keep' lets processes go on after the end of this process; the folder then goes when they end.
    private const string Script = """
        exec 2> /dev/null
        trap '' HUP INT TERM
        mkdir -m 700 "$1" || { echo failed; exit 1; }
        echo ready
        patience=150
        while read -r word; do [ "$word" = keep ] && patience=-1; done
        while [ $patience -ne 0 ] && ls "$1"/*.running > /dev/null; do sleep 0.1; patience=$((patience - 1)); done
        rm -rf "$1"
        """;

    private readonly Process _guard;

    private TemporaryFolder(string path, Process guard)
    {
        Path = path;
        _guard = guard;
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public static async Task<TemporaryFolder> CreateAsync(string prefix)
    {
        // Short, because the path of a Unix socket may have 103 bytes.
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{prefix}-{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 5))}");
        var guard = GuardScript.Start(Script, "/", path);
        if (await guard.StandardOutput.ReadLineAsync() == "ready")
            return new TemporaryFolder(path, guard);
        guard.Dispose();
        throw new LocalServerException(
            $"The user {UnprivilegedUser.Current.Name} cannot create '{path}'. Point TMPDIR at a folder that this user can write, such as /tmp.");
    }

    /// <summary>Lets the processes in this folder go on after this process; the folder goes when they end.</summary>
    public void Keep() => _guard.StandardInput.WriteLine("keep");

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }
}
